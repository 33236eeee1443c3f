import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { policyFaults } from '../../kernel/access/key-policy.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import type { FieldError } from '../../kernel/field-error.js';
import { AccessPolicies, Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { User } from '../users/index.js';
import type { ApiKeyView } from './api-key.dto.js';
import type { ApiKey } from './api-key.entity.js';
import { type ApiKeyFilter, findAnyKeys, lastUsesOf } from './api-key.repository.js';
import { viewApiKey } from './api-key.view.js';
import { keyEvent } from './api-key-events.js';
import { findViolators } from './find-violators.js';
import { policedKeyOf } from './policed-key.js';

/** A key as administrators see it. */
export type OwnedKeyView = z.infer<typeof ApiKeyView> & { readonly owner_id: string };

/** A key that the policy would not allow today, with what is wrong with it. */
export interface Violator {
  readonly id: string;
  readonly key: OwnedKeyView;
  readonly faults: readonly FieldError[];
}

const END = `
  update api_keys set revoked_at = ? where {which} and revoked_at is null and (revoke_at is null or revoke_at > ?)
  returning id, name, owner_id`;
const END_ONE = END.replace('{which}', 'id = ?');
const END_ALL = END.replace('{which}', 'owner_id = ?');

interface EndedRow {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
}

/** All owners' keys, for administrators. */
@Injectable()
export class KeyAdministration {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly policies: AccessPolicies,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keys of all owners, or of one, newest first; one more than the limit. */
  async list(filter: ApiKeyFilter & { readonly ownerId?: string | undefined }): Promise<OwnedKeyView[]> {
    const now = this.clock.now();
    return this.database.read(async (em) => viewAll(em, await findAnyKeys(em, filter, new Date(now)), now));
  }

  /** Live keys that the policy would not allow today, newest first; one more than the limit. */
  async violators(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Violator[]> {
    const now = this.clock.now();
    return this.database.read(async (em) => {
      const policy = await this.policies.current(em);
      const { keys, ownersWithTooMany } = await findViolators(em, policy, page, new Date(now));
      const views = await viewAll(em, keys, now);
      return keys.map((key, position) => ({
        id: key.id,
        key: views[position] as OwnedKeyView,
        faults: [
          ...policyFaults(policy, policedKeyOf(key)),
          ...(ownersWithTooMany.has(key.owner.id) ? [tooMany(policy.keysPerUserMax)] : []),
        ],
      }));
    });
  }

  /** Ends a key of anybody's; ending an ended one changes nothing. @throws AppError REQ_005 */
  async revoke(id: string, reason: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const [known] = await em.execute('select 1 from api_keys where id = ?', [id]);
      if (!known) throw new AppError('REQ_005', { detail: 'There is no such API key.' });
      await this.end(em, END_ONE, id, reason);
    });
  }

  /** Ends all keys of a user, with nobody minting for the user meanwhile. @returns how many @throws AppError REQ_005 */
  revokeAllOf(ownerId: string, reason: string): Promise<number> {
    return this.database.transaction(async (em) => {
      const lock = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
      if (!(await em.findOne(User, { id: ownerId }, lock)))
        throw new AppError('REQ_005', { detail: 'There is no such user.' });
      return this.end(em, END_ALL, ownerId, reason);
    });
  }

  private async end(em: EntityManager, sql: string, which: string, reason: string): Promise<number> {
    const now = new Date(this.clock.now());
    const ended = await em.execute<EndedRow[]>(sql, [now, which, now]);
    for (const { id, name, owner_id: ownerId } of ended) {
      await this.invalidations.announce(em, { kind: 'key', id });
      const cause = { cascade_from: null, by: 'administrator', reason };
      this.outbox.record(em, keyEvent('revoked', { id, name, ownerId }, cause));
    }
    return ended.length;
  }
}

async function viewAll(em: EntityManager, keys: readonly ApiKey[], nowMs: number): Promise<OwnedKeyView[]> {
  const lastUses = await lastUsesOf(
    em,
    keys.map(({ id }) => id),
  );
  return keys.map((key) => ({ ...viewApiKey(key, nowMs, lastUses.get(key.id)), owner_id: key.owner.id }));
}

function tooMany(most: number | null): FieldError {
  return { field: 'owner_id', message: `has more than ${most} live keys` };
}
