/** More work is waiting or running than the pool accepts, for this owner or in total; worth another try later. */
export class CodecBusyError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'CodecBusyError';
  }
}
