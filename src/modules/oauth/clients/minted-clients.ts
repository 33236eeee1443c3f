import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Reach, reachOfStored } from '../../../kernel/access/ceiling.js';
import { PermissionSet } from '../../../kernel/access/permission.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Lineage, type LineEnd, type MintedKind } from '../../../platform/minting/index.js';
import { permissionsIn } from '../scopes.js';
import { OAuthAuthorization } from '../tokens/authorization.entity.js';
import { ClientEndService } from './client-end.service.js';
import { OAuthClient } from './oauth-client.entity.js';

/** OAuth in the line of credentials: clients end with whatever registered them; tokens mint as long as they stand. */
@Injectable()
export class MintedClients implements MintedKind {
  readonly kind = 'oauth';
  readonly nouns = { one: 'An OAuth client', many: 'OAuth clients' };
  readonly permissionsField = 'scopes';

  constructor(
    lineage: Lineage,
    private readonly ends: ClientEndService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    lineage.register(this);
  }

  async endMintedBy(em: EntityManager, minterIds: readonly string[], end: LineEnd): Promise<string[]> {
    const clients = await em.find(OAuthClient, { owner: end.ownerId, mintedBy: { $in: [...minterIds] } });
    for (const client of clients) await this.ends.end(em, client, end);
    return clients.map(({ id }) => id);
  }

  /** The id is that of an authorization, or of the client that acts for its owner; both reach as far as the client. */
  async reachOf(em: EntityManager, ownerId: string, id: string): Promise<Reach | null> {
    const isLive = { deletedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date(this.clock.now()) } }] };
    const own = await em.findOne(OAuthClient, { id, owner: ownerId, ...isLive });
    if (own) return reachOfClient(own);
    const grant = { user: ownerId, revokedAt: null, client: isLive };
    const found = await em.findOne(OAuthAuthorization, { id, revokedAt: null, grant }, { populate: ['grant.client'] });
    return found && reachOfClient(found.grant.client);
  }

  count(em: EntityManager, ownerId: string): Promise<number> {
    return em.count(OAuthClient, { owner: ownerId, deletedAt: null });
  }
}

/** How far a client reaches. */
export function reachOfClient(client: OAuthClient): Reach {
  return reachOfStored(PermissionSet.ofGrants(permissionsIn(client.scopes)), client);
}
