/** Leaves the tokenizer's loop at the first offence; its message is public and `tokenizeJson` returns it as a fault. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';

  /** `position` counts bytes from the start of the body. */
  constructor(sentence: string, position: number) {
    super(`The JSON body is refused at byte ${position}: ${sentence}.`);
  }
}
