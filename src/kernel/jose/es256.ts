import { Buffer } from 'node:buffer';
import { type KeyObject, sign } from 'node:crypto';

/** A JWT signed with ES256 (RFC 7518 §3.4) by a P-256 private key; `header` without its `alg`, which comes first. */
export function signEs256(header: object, claims: object, key: KeyObject): string {
  const input = `${encode({ alg: 'ES256', ...header })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
