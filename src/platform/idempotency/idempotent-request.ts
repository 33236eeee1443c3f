import type { KeyObject } from 'node:crypto';
import type { Request } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { fingerprint } from '../../kernel/crypto/fingerprint.js';
import { lengthPrefixed } from '../../kernel/crypto/length-prefixed.js';
import { AppError } from '../../kernel/errors/app-error.js';

/** Name of the header, as the problem spells it. */
const HEADER = 'Idempotency-Key';
const KEY_GRAMMAR = /^[!-~]{1,255}$/;

/** What makes two requests the same. */
export interface IdempotentRequest {
  /** Credential, route and key: requests that share it stand for one and the same creation. */
  readonly scope: string;
  readonly ownerId: string;
  /** Target and body under each live key, newest first: they must be equal in requests that share a scope. */
  readonly fingerprints: readonly string[];
}

/** The key of a request; null if it has none. @throws AppError REQ_001 unless it is 1 to 255 visible ASCII characters */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && KEY_GRAMMAR.test(key)) return key;
  throw new AppError('REQ_001', {
    detail: `The ${HEADER} is not valid.`,
    errors: [{ field: HEADER, message: 'must be one value of 1 to 255 visible ASCII characters' }],
  });
}

/** Describes a request for comparison. Bodies are compared as received: a client repeats what it has sent. */
export function describeRequest(
  request: Request,
  key: string,
  principal: Principal,
  fingerprintKeys: readonly KeyObject[],
): IdempotentRequest {
  const route = `${request.method} ${(request.route as { path: string }).path}`;
  const body = request.jsonBody?.bytes ?? '';
  return {
    scope: sha256Hex(lengthPrefixed([principal.credentialId, route, key])),
    ownerId: principal.userId,
    fingerprints: fingerprintKeys.map((secret) => fingerprint(secret, request.originalUrl, body)),
  };
}
