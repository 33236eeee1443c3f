import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import type { SealContext } from '../../../kernel/crypto/seal.js';
import { newId } from '../../../kernel/ids.js';
import { jwkThumbprint } from '../../../kernel/jose/jwk-thumbprint.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { SealedColumns, SealedValues } from '../../../platform/sealing/index.js';
import { OAuthSigningKey } from './signing-key.entity.js';

const TABLE = 'oauth_signing_keys';
const PURPOSE = 'oauth-signing-key';

/** A pair of this server. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;
  /** Epoch milliseconds. */
  readonly signsFromMs: number;
}

/** The keys as the database has them: P-256, sealed, shared by all processes. */
@Injectable()
export class SigningKeyStore {
  constructor(
    private readonly database: Database,
    private readonly values: SealedValues,
    columns: SealedColumns,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    columns.register({
      table: TABLE,
      column: 'private_key_sealed',
      purpose: PURPOSE,
      rowColumn: 'id',
      ownerColumn: 'id',
    });
  }

  /**
   * The keys that are published, the one that signs last from before the others. Where there is none, which is so at first
   * and when none opens any more, one is made.
   */
  async read(): Promise<readonly SigningKey[]> {
    const keys = await this.database.read((em) => this.published(em));
    if (keys.length > 0) return keys;
    return this.exclusively(async (em) => {
      const made = await this.published(em);
      return made.length > 0 ? made : [this.make(em, this.clock.now())];
    });
  }

  /** Does something to the keys in a transaction that no other process has at the same time. */
  exclusively<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('kindly.oauth-signing-keys'))");
      return work(em);
    });
  }

  /** See {@link read}. One that does not open is as good as lost, and left out: the others go on without it. */
  async published(em: EntityManager): Promise<readonly SigningKey[]> {
    const now = new Date(this.clock.now());
    const rows = await em.find(
      OAuthSigningKey,
      { $or: [{ publishedUntil: null }, { publishedUntil: { $gt: now } }] },
      { orderBy: { signsFrom: 'desc', id: 'desc' } },
    );
    return rows.flatMap((row) => this.open(row) ?? []);
  }

  /** Adds a new key, in the caller's transaction. */
  make(em: EntityManager, signsFromMs: number): SigningKey {
    const now = this.clock.now();
    const id = newId(now);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    const row = em.create(OAuthSigningKey, {
      id,
      privateKeySealed: this.values.seal(der, contextOf(id)),
      createdAt: new Date(now),
      signsFrom: new Date(signsFromMs),
    });
    em.persist(row);
    return signingKeyOf(privateKey, signsFromMs);
  }

  private open({ id, privateKeySealed, signsFrom }: OAuthSigningKey): SigningKey | null {
    const der = this.values.find(privateKeySealed, contextOf(id));
    return der && signingKeyOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), signsFrom.getTime());
  }
}

function signingKeyOf(privateKey: KeyObject, signsFromMs: number): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const kid = jwkThumbprint(publicKey);
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
  return { kid, privateKey, publicKey, publicJwk, signsFromMs };
}

function contextOf(id: string): SealContext {
  return { purpose: PURPOSE, table: TABLE, row: id, owner: id };
}
