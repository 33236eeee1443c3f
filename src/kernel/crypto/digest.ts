import { hash } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of the bytes, or of the UTF-8 form of a string, as 64 lower-case hex digits. */
export function sha256Hex(input: string | Buffer): string {
  return hash('sha256', input, 'hex');
}

/** SHA-256 (FIPS 180-4) of the bytes, or of the UTF-8 form of a string, as 32 bytes. */
export function sha256(input: string | Buffer): Buffer {
  return hash('sha256', input, 'buffer');
}

/** SHA-256 (FIPS 180-4) of the UTF-8 form of a string, as 43 characters of base64url. */
export function sha256Base64Url(input: string): string {
  return hash('sha256', input, 'base64url');
}
