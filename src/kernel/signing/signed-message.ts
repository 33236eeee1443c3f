/** The parts of a signed message, each already checked by its own grammar. */
export interface SignedMessageParts {
  /** The method as received, upper case. */
  readonly method: string;
  /** From `parseRequestTarget`. */
  readonly target: string;
  /** From `parseSignatureHeaders`. */
  readonly timestamp: string;
  /** From `parseSignatureHeaders`. */
  readonly nonce: string;
  /** Canonical text, a digest from `digestedBody`, or `''` when there is no body. */
  readonly body: string;
}

/** The text under the signature: method, target, timestamp, nonce and body, with nothing between them. */
export function signedMessage(parts: SignedMessageParts): string {
  return parts.method + parts.target + parts.timestamp + parts.nonce + parts.body;
}
