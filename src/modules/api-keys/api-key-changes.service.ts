import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { Minting } from '../../platform/minting/index.js';
import type { ApiKeyChanges, ApiKeyView } from './api-key.dto.js';
import type { ApiKey } from './api-key.entity.js';
import { getApiKey, lastUsesOf } from './api-key.repository.js';
import { viewApiKey } from './api-key.view.js';
import { keyEvent } from './api-key-events.js';
import { isLive, statusOf } from './api-key-status.js';
import { reachAsItStands } from './key-ceiling.js';
import { columnsOf, fillTerms, type KeyTerms, termsOf } from './key-terms.js';
import { lockAsMinter } from './minter.js';
import { PolicyCheck } from './policy-check.js';
import { assertEndsLater, requestedTerms } from './requested-terms.js';

/** Under which name the client knows a term. */
const FIELD_OF_TERM: Readonly<Record<keyof KeyTerms, string>> = {
  permissions: 'permissions',
  allowedIps: 'allowed_ips',
  deniedIps: 'denied_ips',
  expiresAt: 'expires_at',
  quota: 'quota',
  requireSignature: 'require_signature',
  minSignature: 'min_signature',
};

const TERM_FIELDS = new Set(Object.values(FIELD_OF_TERM));

type Changes = z.infer<typeof ApiKeyChanges>;

/** Changing of API keys. */
@Injectable()
export class ApiKeyChangesService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    private readonly policy: PolicyCheck,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Changes what the body names. A change that lets the key reach further than before, a revival included, must leave
   * it within the caller's own reach. @throws AppError REQ_005, REQ_001, AUTH_009, AUTH_006, REQ_006 for a revoked key
   */
  async update(caller: Principal, id: string, changes: Changes): Promise<z.infer<typeof ApiKeyView>> {
    const now = this.clock.now();
    assertEndsLater(changes.expires_at, now);
    return this.database.transaction(async (em) => {
      const minter = await lockAsMinter(em, caller, this.minting);
      const key = await getApiKey(em, caller.userId, id);
      const status = statusOf(key, now);
      if (status === 'revoked') throw new AppError('REQ_006', { detail: 'A revoked key cannot be changed.' });
      const before = reachAsItStands(key);
      const fields = applyChanges(key, changes);
      await this.minting.admitChange(em, minter, 'api_key', { before, after: reachAsItStands(key) });
      if (!isLive(status) && isLive(statusOf(key, now))) await this.policy.assertOneMoreAllowed(em, key, now);
      else if (fields.some((field) => TERM_FIELDS.has(field))) await this.policy.assertAllowed(em, key);
      if (fields.length > 0) await this.announce(em, key, fields);
      return viewApiKey(key, now, (await lastUsesOf(em, [id])).get(id));
    });
  }

  private async announce(em: EntityManager, key: ApiKey, fields: readonly string[]): Promise<void> {
    const facts = { id: key.id, name: key.name, ownerId: key.owner.id };
    await this.invalidations.announce(em, { kind: 'key', id: key.id });
    this.outbox.record(em, keyEvent('updated', facts, { changed: fields }));
  }
}

/** Puts the changes into the row; returns the names of the fields that differ now. */
function applyChanges(key: ApiKey, changes: Changes): string[] {
  const before = termsOf(key);
  const after = fillTerms(before, requestedTerms(changes));
  const terms = Object.keys(after) as (keyof KeyTerms)[];
  const changed: string[] = terms
    .filter((term) => JSON.stringify(after[term]) !== JSON.stringify(before[term]))
    .map((term) => FIELD_OF_TERM[term]);
  Object.assign(key, columnsOf(after));
  if (changed.includes('expires_at')) key.expiryNoticeDays = null;
  if (changes.name !== undefined && changes.name !== key.name) {
    key.name = changes.name;
    changed.push('name');
  }
  if (changes.revoke_at === null && key.revokeAt) {
    key.revokeAt = null;
    changed.push('revoke_at');
  }
  return changed;
}
