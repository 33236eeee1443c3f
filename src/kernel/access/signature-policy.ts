/** The ways to sign a request, the weaker first: the four-header scheme, and HTTP message signatures (RFC 9421). */
export const SIGNATURE_SCHEMES = ['v1', 'rfc9421'] as const;
export type SignatureScheme = (typeof SIGNATURE_SCHEMES)[number];

/** What a credential demands of the signatures of its requests. */
export interface SignaturePolicy {
  /** Whether an unsigned request is refused. */
  readonly isRequired: boolean;
  /** The weakest scheme that a signed request may use. */
  readonly minimum: SignatureScheme;
}
