import type { EntityManager } from '@mikro-orm/postgresql';
import { type ApiKeyEnvironment, apiKeyHint, generateApiKey } from '../../kernel/crypto/api-key-format.js';
import { generateApiSecret } from '../../kernel/crypto/api-secret.js';
import { sha256 } from '../../kernel/crypto/digest.js';
import type { SealContext, Sealer } from '../../kernel/crypto/seal.js';
import { newId } from '../../kernel/ids.js';
import { User } from '../users/index.js';
import { ApiKey } from './api-key.entity.js';
import { columnsOf, type KeyTerms } from './key-terms.js';

/** What a new key is made from; its terms have been judged before. */
export interface NewKey {
  readonly ownerId: string;
  readonly name: string;
  readonly environment: ApiKeyEnvironment;
  readonly terms: KeyTerms;
  readonly mintedBy: string | null;
  /** Null: a counter of its own. */
  readonly quotaCounterId: string | null;
}

/** A new key with its two secrets, which are stored nowhere in this form. */
export interface IssuedKey {
  readonly row: ApiKey;
  readonly keyPlaintext: string;
  readonly apiSecretPlaintext: string;
}

/** Makes a key in the caller's unit of work, at a moment (epoch milliseconds). */
export function issueApiKey(em: EntityManager, sealer: Sealer, order: NewKey, nowMs: number): IssuedKey {
  const keyPlaintext = generateApiKey(order.environment);
  const apiSecretPlaintext = generateApiSecret();
  const id = newId(nowMs);
  const row = em.create(ApiKey, {
    id,
    owner: em.getReference(User, order.ownerId),
    name: order.name,
    environment: order.environment,
    digest: sha256(keyPlaintext),
    hint: apiKeyHint(keyPlaintext),
    apiSecretSealed: sealer.seal(apiSecretPlaintext, sealContextOf(id, order.ownerId)),
    ...columnsOf(order.terms),
    quotaCounterId: order.quotaCounterId ?? id,
    createdAt: new Date(nowMs),
    revokeAt: null,
    revokedAt: null,
    quarantinedAt: null,
    successorId: null,
    expiryNoticeDays: null,
    mintedBy: order.mintedBy,
  });
  em.persist(row);
  return { row, keyPlaintext, apiSecretPlaintext };
}

/** Where the sealed signing secret of a key lives. */
export function sealContextOf(keyId: string, ownerId: string): SealContext {
  return { purpose: 'api-key-secret', table: 'api_keys', row: keyId, owner: ownerId };
}
