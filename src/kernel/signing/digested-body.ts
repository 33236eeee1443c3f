import type { Buffer } from 'node:buffer';

/** What stands for a streamed body in the signed message: its SHA-256 in angle brackets, which no JSON begins with. */
export function digestedBody(sha256: Buffer): string {
  return `<${sha256.toString('hex')}>`;
}
