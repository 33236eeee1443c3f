import { Injectable } from '@nestjs/common';
import { Invalidations } from '../../../platform/access/index.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { Database } from '../../../platform/database/index.js';
import type { KnownClient } from '../clients/client-directory.js';
import { digestOf } from '../clients/client-secret.js';
import { GrantEnds } from '../consent/grant-ends.js';
import { Authorizations } from './authorizations.js';

/** Revocation of tokens by their clients (RFC 7009). The user's consent stays, so that a logout is not a farewell. */
@Injectable()
export class TokenRevocation {
  constructor(
    private readonly database: Database,
    private readonly authorizations: Authorizations,
    private readonly ends: GrantEnds,
    private readonly invalidations: Invalidations,
    private readonly trail: AuditTrail,
  ) {}

  /** Ends a token of the client, at once and everywhere; any other text changes nothing, and is not told apart. */
  async revoke(client: KnownClient, token: string): Promise<void> {
    const authorization = await this.authorizations.findByRefreshToken(token);
    if (!authorization) return this.revokeAccessToken(client, token);
    if (authorization.client_id !== client.id) return;
    const { id, user_id: userId } = authorization;
    await this.database.transaction(async (em) => {
      if (!(await this.ends.endAuthorization(em, id, userId))) return;
      const data = { client_id: client.id, kind: 'refresh_token', authorization_id: id };
      this.trail.record(em, { type: 'oauth.token.revoked', ownerId: userId, data });
    });
  }

  private async revokeAccessToken(client: KnownClient, token: string): Promise<void> {
    const digest = digestOf(token);
    await this.database.transaction(async (em) => {
      const deleted = await em.execute<{ authorization_id: string | null; user_id: string }[]>(
        `delete from oauth_access_tokens t where digest = ? and client_id = ?
         returning authorization_id, coalesce((select g.user_id from oauth_authorizations a
             join oauth_grants g on g.id = a.grant_id where a.id = t.authorization_id), ?) as user_id`,
        [digest, client.id, client.ownerId],
      );
      const [row] = deleted;
      if (!row) return;
      await this.invalidations.announce(em, { kind: 'grant', id: digest });
      const data = { client_id: client.id, kind: 'access_token', authorization_id: row.authorization_id };
      this.trail.record(em, { type: 'oauth.token.revoked', ownerId: row.user_id, data });
    });
  }
}
