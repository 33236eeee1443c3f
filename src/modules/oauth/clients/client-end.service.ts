import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { Lineage, type LineEnd } from '../../../platform/minting/index.js';
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

  /**
   * Deletes a client with its grants and all that these have minted; in a cascade also what it has minted for its owner,
   * and all that that has minted. Deleting a deleted one changes nothing but what a cascade still finds.
   * @throws AppError REQ_005
   */
  async delete(caller: Principal, id: string, isCascade: boolean): Promise<void> {
    await this.database.transaction(async (em) => {
      await lockUser(em, caller.userId);
      const client = await getOAuthClientEvenDeleted(em, caller.userId, id);
      const end = { ownerId: caller.userId, rootId: id, at: new Date(this.clock.now()), isLater: false };
      await this.end(em, client, end);
      if (isCascade) await this.lineage.endDescendants(em, end);
    });
  }

  /** Ends a client, now or later; a later end never prolongs an earlier one, and what has ended stays as it is. */
  async end(em: EntityManager, client: OAuthClient, end: LineEnd): Promise<void> {
    if (client.deletedAt) return;
    const { id, name } = client;
    if (end.isLater && client.expiresAt && client.expiresAt <= end.at) return;
    const change = end.isLater ? { expiresAt: end.at } : { deletedAt: end.at };
    const count = await em.nativeUpdate(OAuthClient, { id, deletedAt: null }, change);
    if (count === 0) return;
    await this.invalidations.announce(em, { kind: 'client', id });
    if (!end.isLater) await this.grants.end(em, { clientId: id }, 'client_deleted');
    this.outbox.record(em, {
      type: end.isLater ? 'oauth.client.updated' : 'oauth.client.deleted',
      ownerId: end.ownerId,
      data: { client_id: id, name, ...(end.rootId !== id && { cascade_from: end.rootId }) },
    });
  }
}
