/** Why an assertion is refused, as a public sentence. */
export class AssertionFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssertionFault';
  }
}
