/** The public sentence for each reason to refuse compressed data. */
const SENTENCES = {
  corrupt: 'The data is not valid in the stated format.',
  truncated: 'The data ends before the compressed stream does.',
  trailing: 'The compressed stream is followed by bytes that do not belong to it.',
  output_limit: 'The decompressed data is larger than the output limit.',
  window_limit: 'The data asks for a window larger than 8 MiB (zstd) or 16 MiB (brotli).',
  dictionary_mismatch: 'The data is corrupt or was compressed with another dictionary.',
  empty: 'There is no data to decompress.',
} as const;

/** Why compressed data was refused. */
export type CodecErrorReason = keyof typeof SENTENCES;

/** Compressed data that cannot be turned back into exact bytes; `message` is a public sentence. */
export class CodecError extends Error {
  readonly reason: CodecErrorReason;

  constructor(reason: CodecErrorReason, sentence: string = SENTENCES[reason], options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'CodecError';
    this.reason = reason;
  }
}

/** More work is waiting or running than the pool accepts, for this owner or in total; worth another try later. */
export class CodecBusyError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'CodecBusyError';
  }
}
