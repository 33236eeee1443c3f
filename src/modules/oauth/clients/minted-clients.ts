import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { Lineage, type LineEnd, type MintedKind } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { OAuthAuthorization } from '../tokens/authorization.entity.js';
import { ClientEndService } from './client-end.service.js';
import { OAuthClient } from './oauth-client.entity.js';

/** OAuth in the line of credentials: clients end with whatever registered them; tokens mint as long as they stand. */
@Injectable()
export class MintedClients implements MintedKind {
  readonly kind = 'oauth';

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

  /** The id is that of an authorization, or of the client that acts for its owner. */
  async stands(em: EntityManager, ownerId: string, id: string): Promise<boolean> {
    const isLive = { deletedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date(this.clock.now()) } }] };
    if ((await em.count(OAuthClient, { id, owner: ownerId, ...isLive })) > 0) return true;
    const grant = { user: ownerId, revokedAt: null, client: isLive };
    return (await em.count(OAuthAuthorization, { id, revokedAt: null, grant })) > 0;
  }
}
