import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { Invalidations, Lineage, type LineEnd } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { lockUser } from '../../users/index.js';
import { GrantEnds } from '../consent/grant-ends.js';
import { OAuthClient } from './oauth-client.entity.js';
import { getOAuthClientEvenDeleted } from './oauth-client.repository.js';

/** The end of OAuth clients, and of all that they hold: grants, tokens, and what was minted with these. */
@Injectable()
export class ClientEndService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantEnds,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly lineage: Lineage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Deletes a client; deleting a deleted one changes nothing. @throws AppError REQ_005 */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      await lockUser(em, caller.userId);
      const client = await getOAuthClientEvenDeleted(em, caller.userId, id);
      const end = { ownerId: caller.userId, rootId: id, at: new Date(this.clock.now()), isLater: false };
      if (await this.end(em, client, end)) await this.lineage.endDescendants(em, end);
    });
  }

  /** Ends a client, now or later; a later end never prolongs an earlier one. @returns false if that changes nothing */
  async end(em: EntityManager, client: OAuthClient, end: LineEnd): Promise<boolean> {
    if (client.deletedAt) return false;
    const { id, name } = client;
    if (end.isLater && client.expiresAt && client.expiresAt <= end.at) return false;
    const change = end.isLater ? { expiresAt: end.at } : { deletedAt: end.at };
    const count = await em.nativeUpdate(OAuthClient, { id, deletedAt: null }, change);
    if (count === 0) return false;
    await this.invalidations.announce(em, { kind: 'client', id });
    if (!end.isLater) await this.grants.end(em, { clientId: id }, 'client_deleted');
    this.outbox.record(em, {
      type: end.isLater ? 'oauth.client.updated' : 'oauth.client.deleted',
      ownerId: end.ownerId,
      data: { client_id: id, name, ...(end.rootId !== id && { cascade_from: end.rootId }) },
    });
    return true;
  }
}
