import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { apiKeyHint, generateApiKey } from '../../kernel/crypto/api-key-format.js';
import { generateApiSecret } from '../../kernel/crypto/api-secret.js';
import { sha256 } from '../../kernel/crypto/digest.js';
import { Sealer } from '../../kernel/crypto/seal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { type Page, toPage } from '../../platform/http/paging/page.js';
import { User } from '../users/index.js';
import type { ApiKeyQuery, ApiKeyView, MintedApiKeyView, NewApiKey } from './api-key.dto.js';
import { ApiKey } from './api-key.entity.js';
import { getApiKey, listApiKeys } from './api-key.repository.js';
import { viewApiKey } from './api-key.view.js';
import { type KeyReach, settleReach } from './mint-api-key.js';
import { placeOfSigningSecret } from './signing-secret.js';

/** API keys: minting, reading and revoking. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly sealer: Sealer,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Mints a key. @throws AppError AUTH_009 beyond the caller's authority, REQ_001 for an end that has passed */
  async create(caller: Principal, input: z.infer<typeof NewApiKey>): Promise<z.infer<typeof MintedApiKeyView>> {
    const now = this.clock.now();
    if (input.expires_at && input.expires_at.getTime() <= now) throw endsInThePast();
    return this.database.transaction(async (em) => {
      const reach = settleReach(caller, await this.reachOfCaller(em, caller), {
        permissions: input.permissions,
        allowedIps: input.allowed_ips === undefined ? input.ip_whitelist : input.allowed_ips,
        deniedIps: input.denied_ips,
        expiresAt: input.expires_at,
      });
      const key = generateApiKey(input.environment);
      const apiSecret = generateApiSecret();
      const id = newId(now);
      const row = em.create(ApiKey, {
        id,
        owner: em.getReference(User, caller.userId),
        name: input.name,
        environment: input.environment,
        digest: sha256(key),
        hint: apiKeyHint(key),
        apiSecretSealed: this.sealer.seal(apiSecret, placeOfSigningSecret(caller.userId, id)),
        permissions: [...reach.permissions],
        allowedIps: reach.allowedIps && [...reach.allowedIps],
        deniedIps: reach.deniedIps && [...reach.deniedIps],
        expiresAt: reach.expiresAt,
        createdAt: new Date(now),
        lastUsedAt: null,
        lastUsedIp: null,
        revokedAt: null,
        mintedBy: caller.kind === 'session' ? null : caller.credentialId,
      });
      em.persist(row);
      this.outbox.record(em, {
        type: 'api_key.created',
        ownerId: caller.userId,
        data: { key_id: id, name: row.name, environment: row.environment, permissions: row.permissions },
      });
      return { ...viewApiKey(row, now), key, api_secret: apiSecret };
    });
  }

  async list(caller: Principal, query: z.infer<typeof ApiKeyQuery>): Promise<Page<z.infer<typeof ApiKeyView>>> {
    const rows = await this.database.read((em) => listApiKeys(em, caller.userId, query));
    const now = this.clock.now();
    return toPage(rows, query.limit, (row) => viewApiKey(row, now));
  }

  /** @throws AppError REQ_005 */
  async get(caller: Principal, id: string): Promise<z.infer<typeof ApiKeyView>> {
    const row = await this.database.read((em) => getApiKey(em, caller.userId, id));
    return viewApiKey(row, this.clock.now());
  }

  /** Ends a key at once; ending an ended one changes nothing. @throws AppError REQ_005 */
  async revoke(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const row = await getApiKey(em, caller.userId, id);
      if (row.revokedAt) return;
      const revokedAt = new Date(this.clock.now());
      const revoked = await em.nativeUpdate(ApiKey, { id, owner: caller.userId, revokedAt: null }, { revokedAt });
      if (revoked === 0) return;
      await this.invalidations.announce(em, { kind: 'key', id });
      this.outbox.record(em, { type: 'api_key.revoked', ownerId: caller.userId, data: { key_id: id, name: row.name } });
    });
  }

  /** How far the calling key reaches, for what a new key inherits; null for a session. */
  private async reachOfCaller(em: EntityManager, caller: Principal): Promise<KeyReach | null> {
    if (caller.kind === 'session') return null;
    const parent = await em.findOne(ApiKey, { id: caller.credentialId, owner: caller.userId });
    return {
      permissions: caller.grants,
      allowedIps: parent?.allowedIps ?? null,
      deniedIps: parent?.deniedIps ?? null,
      expiresAt: caller.expiresAt === null ? null : new Date(caller.expiresAt),
    };
  }
}

function endsInThePast(): AppError {
  return new AppError('REQ_001', {
    detail: 'expires_at must lie in the future.',
    errors: [{ field: 'expires_at', message: 'must lie in the future' }],
  });
}
