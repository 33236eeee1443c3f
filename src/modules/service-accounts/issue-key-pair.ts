import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import { newId } from '../../kernel/ids.js';
import { jwkThumbprint } from '../../kernel/jose/jwk-thumbprint.js';
import type { VerificationKey } from '../../kernel/jose/verification-key.js';
import type { ServiceAccount } from './service-account.entity.js';
import { ServiceAccountKey } from './service-account-key.entity.js';

/** A key pair of an account; the private half only if it was made here, and then only now. */
export interface IssuedKeyPair {
  readonly row: ServiceAccountKey;
  readonly privateKeyPlaintext: string | undefined;
}

interface KeyPairOrder {
  readonly account: ServiceAccount;
  /** Uploaded; undefined: a pair is made here. */
  readonly publicKey: VerificationKey | undefined;
  readonly expiresAt: Date;
  readonly nowMs: number;
  /** The credential that adds it; null: a login session. */
  readonly mintedBy: string | null;
}

/** Gives an account a key pair, in the caller's unit of work. */
export async function issueKeyPair(em: EntityManager, order: KeyPairOrder): Promise<IssuedKeyPair> {
  const { account, expiresAt, nowMs } = order;
  const { key, algorithm, privateKeyPlaintext } = order.publicKey
    ? { ...order.publicKey, privateKeyPlaintext: undefined }
    : await generate();
  const row = em.create(ServiceAccountKey, {
    id: newId(nowMs),
    account,
    algorithm,
    publicKey: key.export({ type: 'spki', format: 'der' }),
    thumbprint: jwkThumbprint(key),
    createdAt: new Date(nowMs),
    expiresAt,
    lastUsedAt: null,
    revokedAt: null,
    mintedBy: order.mintedBy,
  });
  em.persist(row);
  return { row, privateKeyPlaintext };
}

async function generate(): Promise<VerificationKey & { readonly privateKeyPlaintext: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { algorithm: 'EdDSA', key: createPublicKey(publicKey), privateKeyPlaintext: privateKey };
}
