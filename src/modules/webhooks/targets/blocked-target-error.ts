/** A webhook may not go there: the address is not a public one. Its message does not tell which address it was. */
export class BlockedTargetError extends Error {
  constructor() {
    super('the address of the endpoint is not public');
    this.name = 'BlockedTargetError';
  }
}
