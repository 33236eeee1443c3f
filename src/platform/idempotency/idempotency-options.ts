/** Metadata key of the {@link IdempotencyOptions} of a route. */
export const IDEMPOTENCY = 'kindly:idempotency';

/** What the answers of a route are like. */
export interface IdempotencyOptions {
  /** Whether the answer shows a secret once; it is then kept for ten minutes only. */
  readonly hasSecret: boolean;
}
