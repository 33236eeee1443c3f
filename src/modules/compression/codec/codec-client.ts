import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { CodecBusyError, CodecError } from './format/codec.errors.js';
import { CodecPool } from './pool/codec-pool.js';
import type { CodecJob } from './pool/perform-job.js';

/** The codec as operations use it: for a caller, within the limit of the installation, with refusals that clients know. */
@Injectable()
export class CodecClient {
  /** The most that may come out of a decompression, in bytes. */
  readonly outputLimitBytes: number;

  constructor(
    private readonly pool: CodecPool,
    @Inject(CONFIG) config: Config,
  ) {
    this.outputLimitBytes = config.compressionOutputLimitBytes;
  }

  /** The job's output. @throws AppError SRV_002 when the caller's queue is full, COMP_001, COMP_002 */
  async run(caller: Principal, job: CodecJob, signal: AbortSignal): Promise<Buffer> {
    try {
      return await this.pool.run(caller.userId, job, signal);
    } catch (error) {
      throw codecRefusal(error);
    }
  }
}

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
