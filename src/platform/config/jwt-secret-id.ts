import { deriveKey } from '../../kernel/crypto/derive-key.js';

const ID_BYTES = 4;

/** Names a JWT secret in the database: eight hex digits that do not lead back to it. */
export function jwtSecretId(secret: string): string {
  return deriveKey(secret, 'jwt-secret-id', ID_BYTES).export().toString('hex');
}
