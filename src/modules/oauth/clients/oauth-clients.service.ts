import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { type Minter, Minting } from '../../../platform/minting/index.js';
import { lockUser, User } from '../../users/index.js';
import { issueClientSecret } from './client-secret.js';
import { assertFitTogether, handsOn } from './client-terms.js';
import { reachOfClient } from './minted-clients.js';
import type {
  NewOAuthClient,
  OAuthClientChanges,
  OAuthClientQuery,
  OAuthClientView,
  OAuthClientWithSecretView,
} from './oauth-client.dto.js';
import { OAuthClient } from './oauth-client.entity.js';
import { getOAuthClient, listOAuthClients, lockOAuthClient } from './oauth-client.repository.js';
import { viewOAuthClient } from './oauth-client.view.js';

type View = z.infer<typeof OAuthClientView>;
type Changes = z.infer<typeof OAuthClientChanges>;

/** OAuth clients: registering, reading and changing. */
@Injectable()
export class OAuthClientsService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_001 for terms that do not fit together, AUTH_009 beyond the caller's reach, AUTH_006, REQ_006 */
  async create(
    caller: Principal,
    input: z.infer<typeof NewOAuthClient>,
  ): Promise<z.infer<typeof OAuthClientWithSecretView>> {
    return this.database.transaction(async (em) => {
      const minter = await this.minting.begin(em, caller, await lockUser(em, caller.userId));
      await this.minting.assertOneMore(em, caller.userId, 'oauth');
      const client = this.make(em, minter, input);
      assertFitTogether(client);
      await this.minting.admit(em, minter, 'oauth', reachOfClient(client));
      const secret = client.tokenEndpointAuthMethod.startsWith('client_secret') ? issueClientSecret() : null;
      client.secretDigest = secret?.digest ?? null;
      em.persist(client);
      this.outbox.record(em, {
        type: 'oauth.client.created',
        ownerId: caller.userId,
        data: { client_id: client.id, name: client.name, type: client.type, scopes: client.scopes },
      });
      return { ...viewOAuthClient(client), ...(secret && { client_secret: secret.secretPlaintext }) };
    });
  }

  async list(caller: Principal, query: z.infer<typeof OAuthClientQuery>): Promise<Page<View>> {
    const rows = await this.database.read((em) => listOAuthClients(em, caller.userId, query));
    return toPage(rows, query.limit, viewOAuthClient);
  }

  /** @throws AppError REQ_005 */
  async get(caller: Principal, id: string): Promise<View> {
    return viewOAuthClient(await this.database.read((em) => getOAuthClient(em, caller.userId, id)));
  }

  /** @throws AppError REQ_005, REQ_001; AUTH_009, AUTH_006 if it would do more, or the same for others */
  async update(caller: Principal, id: string, changes: Changes): Promise<View> {
    return this.database.transaction(async (em) => {
      const minter = await this.minting.begin(em, caller, await lockUser(em, caller.userId));
      const client = await lockOAuthClient(em, caller.userId, id);
      const before = handsOn(client, changes) ? null : reachOfClient(client);
      apply(client, changes);
      assertFitTogether(client);
      await this.minting.admitChange(em, minter, 'oauth', { before, after: reachOfClient(client) });
      await this.invalidations.announce(em, { kind: 'client', id });
      this.outbox.record(em, {
        type: 'oauth.client.updated',
        ownerId: caller.userId,
        data: { client_id: id, name: client.name, changed: Object.keys(changes) },
      });
      return viewOAuthClient(client);
    });
  }

  private make(
    em: EntityManager,
    { caller, id: mintedBy }: Minter,
    input: z.infer<typeof NewOAuthClient>,
  ): OAuthClient {
    const nowMs = this.clock.now();
    const { allowed, denied } = caller.networks.lists;
    return em.create(OAuthClient, {
      id: newId(nowMs),
      owner: em.getReference(User, caller.userId),
      name: input.name,
      type: input.type,
      tokenEndpointAuthMethod:
        input.token_endpoint_auth_method ?? (input.type === 'public' ? 'none' : 'client_secret_basic'),
      redirectUris: input.redirect_uris,
      grantTypes: input.grant_types,
      scopes: input.scopes,
      accessTokenFormat: input.access_token_format,
      jwks: input.jwks ?? null,
      allowedIps: allowed ? [...allowed] : null,
      deniedIps: denied ? [...denied] : null,
      expiresAt: caller.expiresAt === null ? null : new Date(caller.expiresAt),
      createdAt: new Date(nowMs),
      mintedBy,
    });
  }
}

function apply(client: OAuthClient, changes: Changes): void {
  if (changes.name !== undefined) client.name = changes.name;
  if (changes.redirect_uris !== undefined) client.redirectUris = changes.redirect_uris;
  if (changes.scopes !== undefined) client.scopes = changes.scopes;
  if (changes.grant_types !== undefined) client.grantTypes = changes.grant_types;
  if (changes.access_token_format !== undefined) client.accessTokenFormat = changes.access_token_format;
  if (changes.jwks !== undefined) client.jwks = changes.jwks;
}
