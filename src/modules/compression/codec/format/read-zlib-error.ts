import { types } from 'node:util';
import type { DecompressOptions } from './codec-rules.js';
import { CodecError, type CodecErrorReason } from './codec.errors.js';

const REASONS: Readonly<Record<string, CodecErrorReason>> = {
  ERR_BUFFER_TOO_LARGE: 'output_limit',
  ERR_TRAILING_JUNK_AFTER_STREAM_END: 'trailing',
  Z_BUF_ERROR: 'truncated',
  Z_DATA_ERROR: 'corrupt',
  Z_NEED_DICT: 'dictionary_mismatch',
  ZSTD_error_dictionary_wrong: 'dictionary_mismatch',
  ZSTD_error_frameParameter_windowTooLarge: 'window_limit',
  // The decoder reports this only for the escape that announces a large window, which RFC 7932 does not have.
  ERR__ERROR_FORMAT_WINDOW_BITS: 'window_limit',
};

// Faults of the data, by their codes. zstd's other ones are faults of the machine (no memory) or of the call.
const DATA_FAULT = /^(?:ERR__ERROR_FORMAT_|ZSTD_error_(?!memory_|workSpace_|init_|stage_|parameter_))/;

/** What an error of node:zlib says about the data; an error that says nothing about it comes back as it is. */
export function readZlibError(error: unknown, options: DecompressOptions): unknown {
  if (error instanceof CodecError || !types.isNativeError(error)) {
    return error;
  }
  const reason = reasonOf(error, options);
  return reason === undefined ? error : new CodecError(reason, undefined, { cause: error });
}

function reasonOf(error: NodeJS.ErrnoException, options: DecompressOptions): CodecErrorReason | undefined {
  const code = error.code ?? '';
  const known = REASONS[code];
  if (known !== undefined) {
    return known;
  }
  if (!DATA_FAULT.test(code)) {
    return undefined;
  }
  // A zstd frame does not name a raw dictionary, so another one shows as damage (most often by the content checksum).
  return options.dictionary === undefined ? 'corrupt' : 'dictionary_mismatch';
}
