import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { generateToken, hasValidChecksum } from '../../../kernel/crypto/checksummed-token.js';

const ACCESS_TOKEN = /^koat_[0-9A-Za-z]{32}$/;
const CODE = /^koac_[0-9A-Za-z]{32}$/;
const REFRESH_TOKEN = /^kort_([\w-]{22})[\w-]{43}$/;

const FAMILY_BYTES = 16;
const SECRET_BYTES = 32;

/** A new opaque access token. */
export function generateAccessToken(): string {
  return generateToken('koat_');
}

/** Whether a text can be an opaque access token, told by shape and checksum. */
export function isAccessToken(text: string): boolean {
  return ACCESS_TOKEN.test(text) && hasValidChecksum(text);
}

/** A new authorization code. */
export function generateCode(): string {
  return generateToken('koac_');
}

/** Whether a text can be a code. */
export function isCode(text: string): boolean {
  return CODE.test(text) && hasValidChecksum(text);
}

/** The first refresh token of a new family: `kort_`, 128 random bits that all of the family share, and 256 of its own. */
export function generateRefreshToken(): string {
  return `kort_${randomBytes(FAMILY_BYTES).toString('base64url')}${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** What all tokens of its family share; null if the text is no refresh token. */
export function familyOf(refreshToken: string): string | null {
  return REFRESH_TOKEN.exec(refreshToken)?.[1] ?? null;
}

/**
 * The token that follows a refresh token: always the same one under the same key, so that whoever comes twice with one
 * token gets one successor, and nothing but digests has to be stored. Without the key it cannot be told from the token.
 */
export function successorOf(refreshToken: string, key: KeyObject): string {
  return `kort_${familyOf(refreshToken) ?? ''}${createHmac('sha256', key).update(refreshToken).digest('base64url')}`;
}
