import { AppError } from '../../../kernel/errors/app-error.js';
import { CodecBusyError } from './format/codec-busy-error.js';
import { CodecError } from './format/codec.errors.js';

/** What an error of the codec means to a client; an error that is not the codec's comes back as it is. */
export function codecRefusal(error: unknown): unknown {
  if (error instanceof CodecBusyError) {
    return new AppError('SRV_002', { detail: error.message, headers: { 'Retry-After': '1' }, cause: error });
  }
  if (error instanceof CodecError) {
    const code = error.reason === 'output_limit' ? 'COMP_002' : 'COMP_001';
    return new AppError(code, { detail: error.message, cause: error });
  }
  return error;
}
