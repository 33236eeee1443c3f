import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { SealContext } from '../../kernel/crypto/seal.js';
import { newId } from '../../kernel/ids.js';
import type { SealedValues } from '../../platform/sealing/index.js';

/** Table of the keys that heads are signed with; the private part is sealed. */
export const SIGNING_KEYS_TABLE = 'audit.signing_keys';
export const SIGNING_KEY_PURPOSE = 'audit-signing-key';

/** An Ed25519 key (RFC 8032) of the trail. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** Derived from the private part: the stored public one is for auditors, and proves nothing to us. */
  readonly publicKey: KeyObject;
}

interface KeyRow {
  readonly id: string;
  readonly private_key_sealed: string;
}

/** The keys of the trail, the newest first; one that this application has not sealed is none of them. */
export async function readSigningKeys(em: EntityManager, values: SealedValues): Promise<SigningKey[]> {
  const rows = await em.execute<KeyRow[]>(`select id, private_key_sealed from ${SIGNING_KEYS_TABLE} order by id desc`);
  return rows.flatMap(({ id, private_key_sealed: sealed }) => {
    const der = values.find(sealed, contextOf(id));
    if (!der) return [];
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return [{ id, privateKey, publicKey: createPublicKey(privateKey) }];
  });
}

/** Makes the first key of a trail in the caller's transaction, whose lock lets only one process do so. */
export async function makeSigningKey(em: EntityManager, values: SealedValues, nowMs: number): Promise<SigningKey> {
  const id = newId(nowMs);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const sealed = values.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), contextOf(id));
  await em.execute(
    `insert into ${SIGNING_KEYS_TABLE} (id, public_key, private_key_sealed, created_at) values (?, decode(?, 'hex'), ?, ?)`,
    [id, publicKey.export({ format: 'der', type: 'spki' }).toString('hex'), sealed, new Date(nowMs)],
  );
  return { id, privateKey, publicKey };
}

function contextOf(id: string): SealContext {
  return { purpose: SIGNING_KEY_PURPOSE, table: SIGNING_KEYS_TABLE, row: id, owner: id };
}
