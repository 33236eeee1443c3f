import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { Lineage } from '../../../platform/minting/index.js';
import { lockUser } from '../../users/index.js';

/** Which live grants: one of a user's, or all of a client. */
export type GrantSelection = { readonly grantId: string } | { readonly clientId: string };

/** Why a grant ends, for the event. */
export type GrantEndReason = 'user' | 'client_deleted' | 'reuse';

interface EndedGrant {
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly name: string;
}

interface EndedAuthorization {
  readonly id: string;
  readonly can_mint: boolean;
}

const END_AUTHORIZATIONS = `
  update oauth_authorizations set revoked_at = ? where grant_id = ? and revoked_at is null
  returning id, scopes && '{write:keys,write:service_accounts,write:oauth_clients}' as can_mint`;

/** Ends what users have consented to: every token of it is refused at once, and what these have minted ends with them. */
@Injectable()
export class GrantEnds {
  constructor(
    private readonly invalidations: Invalidations,
    private readonly outbox: Outbox,
    private readonly lineage: Lineage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ends the selected grants that are live, in the caller's transaction, each with its event. */
  async end(em: EntityManager, selection: GrantSelection, reason: GrantEndReason): Promise<void> {
    const at = new Date(this.clock.now());
    const [column, id] = 'grantId' in selection ? ['g.id', selection.grantId] : ['g.client_id', selection.clientId];
    const ended = await em.execute<EndedGrant[]>(
      `update oauth_grants g set revoked_at = ? from oauth_clients c
        where ${column} = ? and g.revoked_at is null and c.id = g.client_id
       returning g.id, g.user_id, g.client_id, c.name`,
      [at, id],
    );
    for (const grant of ended.toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1))) {
      await this.endAuthorizations(em, grant, at, reason);
      this.outbox.record(em, {
        type: 'oauth.grant.revoked',
        ownerId: grant.user_id,
        data: { grant_id: grant.id, client_id: grant.client_id, client_name: grant.name, reason },
      });
    }
  }

  /** Ends one authorization, in the caller's transaction. @returns false if it had ended before */
  async endAuthorization(em: EntityManager, authorizationId: string, userId: string): Promise<boolean> {
    const at = new Date(this.clock.now());
    const rows = await em.execute<{ id: string }[]>(
      'update oauth_authorizations set revoked_at = ? where id = ? and revoked_at is null returning id',
      [at, authorizationId],
    );
    if (rows.length === 0) return false;
    await this.invalidations.announce(em, { kind: 'grant', id: authorizationId });
    await this.endMintedBy(em, authorizationId, userId, at);
    return true;
  }

  private async endAuthorizations(em: EntityManager, grant: EndedGrant, at: Date, reason: string): Promise<void> {
    const ended = await em.execute<EndedAuthorization[]>(END_AUTHORIZATIONS, [at, grant.id]);
    await this.invalidations.announce(em, ...ended.map(({ id }) => ({ kind: 'grant', id }) as const));
    for (const { id } of ended.filter(({ can_mint: canMint }) => canMint)) {
      await this.endMintedBy(em, id, grant.user_id, at, `the OAuth grant ended: ${reason}`);
    }
  }

  private async endMintedBy(em: EntityManager, rootId: string, ownerId: string, at: Date, reason?: string) {
    await lockUser(em, ownerId);
    await this.lineage.endDescendants(em, { ownerId, rootId, at, isLater: false, ...(reason && { reason }) });
  }
}
