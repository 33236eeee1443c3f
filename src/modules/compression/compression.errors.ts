import { declareErrors } from '../../kernel/errors/catalogue.js';

/** Why data cannot be compressed or decompressed. */
export const COMPRESSION_ERRORS = declareErrors({
  COMP_001: {
    status: 422,
    title: 'Corrupt compressed input',
    solution: 'Send complete, undamaged data of the named algorithm',
    when: 'The data to decompress is corrupt, truncated or followed by garbage.',
  },
  COMP_002: {
    status: 413,
    title: 'Output limit exceeded',
    solution: 'Use the streamed form, or decompress in smaller parts',
    when: 'The decompressed data is larger than the output limit.',
  },
  COMP_003: {
    status: 404,
    title: 'Unknown dictionary',
    solution: 'Check the dictionary id',
    when: 'There is no such dictionary that belongs to the caller.',
  },
});

declare module '../../kernel/errors/catalogue.js' {
  interface ErrorCodes extends Readonly<typeof COMPRESSION_ERRORS> {}
}
