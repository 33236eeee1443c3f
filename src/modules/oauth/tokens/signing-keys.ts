import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { type SealContext, Sealer } from '../../../kernel/crypto/seal.js';
import { newId } from '../../../kernel/ids.js';
import { signEs256 } from '../../../kernel/jose/es256.js';
import { jwkThumbprint } from '../../../kernel/jose/jwk-thumbprint.js';
import { parseCompactJws } from '../../../kernel/jose/parse-compact-jws.js';
import { verifyJws } from '../../../kernel/jose/verify-jws.js';
import { isFault } from '../../../kernel/signing/fault.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { SealedColumns } from '../../../platform/sealing/index.js';
import { OAuthSigningKey } from './signing-key.entity.js';

const TABLE = 'oauth_signing_keys';
const PURPOSE = 'oauth-signing-key';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;
}

/** The keys of this server, P-256, sealed at rest and shared by all replicas; the newest signs, all are published. */
@Injectable()
export class SigningKeys {
  private loaded: Promise<readonly [SigningKey, ...SigningKey[]]> | null = null;

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
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

  /** A JWT of the given `typ` (RFC 8725 §3.11), signed with the newest key. */
  async sign(typ: 'at+jwt' | 'JWT', claims: object): Promise<string> {
    const [{ kid, privateKey }] = await this.all();
    return signEs256({ typ, kid }, claims, privateKey);
  }

  /** Whether a text is a JWT that one of the keys has signed. */
  async haveSigned(token: string): Promise<boolean> {
    const jws = parseCompactJws(token);
    if (isFault(jws)) return false;
    return (await this.all()).some(({ publicKey }) => verifyJws(jws, { algorithm: 'ES256', key: publicKey }));
  }

  /** The public keys (RFC 7517). */
  async published(): Promise<JsonWebKey[]> {
    return (await this.all()).map(({ publicJwk }) => publicJwk);
  }

  private all(): Promise<readonly [SigningKey, ...SigningKey[]]> {
    this.loaded ??= this.load().catch((error: unknown) => {
      this.loaded = null;
      throw error;
    });
    return this.loaded;
  }

  /** The lock lets only one process make the first key; the others find it. */
  private load(): Promise<readonly [SigningKey, ...SigningKey[]]> {
    return this.database.transaction(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('kindly.oauth-signing-keys'))");
      const rows = await em.find(OAuthSigningKey, {}, { orderBy: { id: 'desc' } });
      const [newest, ...older] = rows.map((row) => this.open(row));
      return [newest ?? this.make(em), ...older] as const;
    });
  }

  private open({ id, privateKeySealed }: OAuthSigningKey): SigningKey {
    const der = this.sealer.open(privateKeySealed, contextOf(id));
    return signingKeyOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  }

  private make(em: EntityManager): SigningKey {
    const now = this.clock.now();
    const id = newId(now);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    const privateKeySealed = this.sealer.seal(der, contextOf(id));
    em.persist(em.create(OAuthSigningKey, { id, privateKeySealed, createdAt: new Date(now) }));
    return signingKeyOf(privateKey);
  }
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const kid = jwkThumbprint(publicKey);
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
  return { kid, privateKey, publicKey, publicJwk };
}

function contextOf(id: string): SealContext {
  return { purpose: PURPOSE, table: TABLE, row: id, owner: id };
}
