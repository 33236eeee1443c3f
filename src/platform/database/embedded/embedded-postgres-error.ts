/** The embedded PostgreSQL cannot be started; the message is a sentence for the operator that says what to change. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}
