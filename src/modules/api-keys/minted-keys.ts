import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Reach } from '../../kernel/access/ceiling.js';
import type { Clock } from '../../kernel/clock.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Outbox } from '../../platform/events/index.js';
import { Lineage, type LineEnd, type MintedKind } from '../../platform/minting/index.js';
import { ApiKey } from './api-key.entity.js';
import { countLiveKeys } from './api-key.repository.js';
import { keyEvent } from './api-key-events.js';
import { isLive, statusOf } from './api-key-status.js';
import { reachAsItStands } from './key-ceiling.js';

/** A later end never prolongs an earlier one, and what has ended stays as it is. */
const STILL_STANDS = `revoked_at is null and (revoke_at is null or revoke_at > ?)`;

const MINTED = 'select id from api_keys where owner_id = ? and minted_by = any(?::uuid[])';
const END_NOW = `update api_keys set revoked_at = ? where id = any(?::uuid[]) and ${STILL_STANDS} returning id, name`;
const END_LATER = `update api_keys set revoke_at = ? where id = any(?::uuid[]) and ${STILL_STANDS} returning id, name`;

/** API keys in the line of credentials: ended by themselves, and with whatever minted them. */
@Injectable()
export class MintedKeys implements MintedKind {
  readonly kind = 'api_key';
  readonly nouns = { one: 'An API key', many: 'live API keys' };
  readonly permissionsField = 'permissions';

  constructor(
    lineage: Lineage,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    lineage.register(this);
  }

  async endMintedBy(em: EntityManager, minterIds: readonly string[], end: LineEnd): Promise<string[]> {
    const minted = await em.execute<{ id: string }[]>(MINTED, [end.ownerId, arrayOf(minterIds)]);
    const ids = minted.map(({ id }) => id);
    await this.end(em, ids, end);
    return ids;
  }

  /** Ends these keys of the owner, now or later; those that stand, each with its event. */
  async end(
    em: EntityManager,
    ids: readonly string[],
    { ownerId, rootId, at, isLater, reason }: LineEnd,
  ): Promise<void> {
    if (ids.length === 0) return;
    const statement = isLater ? END_LATER : END_NOW;
    const ended = await em.execute<{ id: string; name: string }[]>(statement, [at, arrayOf(ids), at]);
    for (const { id, name } of ended) {
      const key = { id, name, ownerId };
      await this.invalidations.announce(em, { kind: 'key', id });
      const cause = { cascade_from: id === rootId ? null : rootId, ...(reason !== undefined && { reason }) };
      this.outbox.record(
        em,
        isLater ? keyEvent('updated', key, { changed: ['revoke_at'] }) : keyEvent('revoked', key, cause),
      );
    }
  }

  async reachOf(em: EntityManager, ownerId: string, id: string): Promise<Reach | null> {
    const key = await em.findOne(ApiKey, { id, owner: ownerId });
    return key && isLive(statusOf(key, this.clock.now())) ? reachAsItStands(key) : null;
  }

  count(em: EntityManager, ownerId: string): Promise<number> {
    return countLiveKeys(em, ownerId, this.clock.now());
  }
}

/** A PostgreSQL array literal; ids are UUIDs, which need no quoting. */
function arrayOf(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
