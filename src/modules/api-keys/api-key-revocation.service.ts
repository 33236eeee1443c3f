import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import type { RevocationQuery } from './api-key-end.dto.js';
import { getApiKey, lockOwner } from './api-key.repository.js';
import { keyEvent } from './api-key-events.js';
import { hoursLater } from './key-times.js';

/** The key and, in a cascade, all that it minted, and all that those minted; ended ones are passed through. */
const FAMILY = `
  with recursive family(id) as (
    select id from api_keys where id = ? and owner_id = ?
    union
    select k.id from api_keys k join family f on k.minted_by = f.id where ?::boolean and k.owner_id = ?
  )`;

/** A later end never prolongs an earlier one, and what has ended stays as it is. */
const STILL_STANDS = `revoked_at is null and (revoke_at is null or revoke_at > ?)`;

const END_NOW = `${FAMILY}
  update api_keys set revoked_at = ? where id in (select id from family) and ${STILL_STANDS} returning id, name`;

const END_LATER = `${FAMILY}
  update api_keys set revoke_at = ? where id in (select id from family) and ${STILL_STANDS} returning id, name`;

interface EndedRow {
  readonly id: string;
  readonly name: string;
}

/** Ending of API keys, at once or later. */
@Injectable()
export class ApiKeyRevocationService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ends a key, or schedules its end; ending an ended one changes nothing. @throws AppError REQ_005 */
  async revoke(caller: Principal, id: string, query: z.infer<typeof RevocationQuery>): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (em) => {
      await lockOwner(em, caller);
      await getApiKey(em, caller.userId, id);
      const isLater = query.delay_hours > 0;
      const end = isLater ? hoursLater(now, query.delay_hours) : new Date(now);
      const family = [id, caller.userId, query.cascade, caller.userId];
      const ended = await em.execute<EndedRow[]>(isLater ? END_LATER : END_NOW, [...family, end, end]);
      for (const key of ended) await this.announce(em, { ...key, ownerId: caller.userId }, id, isLater);
    });
  }

  private async announce(
    em: EntityManager,
    key: EndedRow & { ownerId: string },
    rootId: string,
    isLater: boolean,
  ): Promise<void> {
    await this.invalidations.announce(em, { kind: 'key', id: key.id });
    const cause = { cascade_from: key.id === rootId ? null : rootId };
    const event = isLater ? keyEvent('updated', key, { changed: ['revoke_at'] }) : keyEvent('revoked', key, cause);
    this.outbox.record(em, event);
  }
}
