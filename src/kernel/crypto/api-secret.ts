import { randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** A new signing secret: `ksec_` and 43 characters, the base64url form (RFC 4648 §5, unpadded) of 32 random bytes. */
export function generateApiSecret(): string {
  return `ksec_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}
