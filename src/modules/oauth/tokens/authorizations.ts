import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { digestOf } from '../clients/client-secret.js';
import { GrantEnds } from '../consent/grant-ends.js';
import type { AccessToken } from './access-tokens.js';
import {
  type AuthorizationRow,
  FIND_BY_CODE,
  FIND_BY_FAMILY,
  REDEEM_CODE,
  ROTATE_REFRESH_TOKEN,
} from './authorizations.sql.js';
import { familyOf } from './token-formats.js';

/** Life of a refresh token; each refresh begins it anew. */
export const REFRESH_TOKEN_TTL_MS = 30 * 24 * 60 * 60 * 1000;

const OTHERS_OF_GRANT = `
  select 1 from oauth_authorizations where grant_id = ? and revoked_at is null and kept_until > ? limit 1`;

/** What was presented a second time. */
export type ReusedKind = 'code' | 'refresh_token';

/** The life of authorizations: redeemed once, refreshed token by token, ended when either turns up again. */
@Injectable()
export class Authorizations {
  constructor(
    private readonly database: Database,
    private readonly ends: GrantEnds,
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async findByCode(code: string): Promise<AuthorizationRow | null> {
    return (await this.database.query<AuthorizationRow>(FIND_BY_CODE, [digestOf(code)])).rows[0] ?? null;
  }

  /** The authorization whose refresh token, of any age, this is; null if it is none. */
  async findByRefreshToken(refreshToken: string): Promise<AuthorizationRow | null> {
    const family = familyOf(refreshToken);
    if (family === null) return null;
    return (await this.database.query<AuthorizationRow>(FIND_BY_FAMILY, [digestOf(family)])).rows[0] ?? null;
  }

  /** Redeems the code with an access token and perhaps a refresh token. @returns false if the code is not good any more */
  async redeem(token: AccessToken, refreshToken: string | null): Promise<boolean> {
    const refreshUntil = this.refreshUntil();
    return this.change(REDEEM_CODE, token, [
      refreshToken === null ? null : digestOf(familyOf(refreshToken) ?? ''),
      refreshToken === null ? null : digestOf(refreshToken),
      refreshToken === null ? null : refreshUntil,
      refreshToken === null ? token.expiresAt : refreshUntil,
    ]);
  }

  /** Spends a refresh token. @returns false if it is not the current one any more */
  async rotate(token: AccessToken, spentDigest: string, successorDigest: string): Promise<boolean> {
    return this.change(ROTATE_REFRESH_TOKEN, token, [spentDigest, successorDigest, this.refreshUntil()]);
  }

  /**
   * Ends an authorization whose code or spent refresh token is in two hands, with all its tokens, once; and the grant
   * with it, unless the client has other authorizations of the user.
   */
  async endForReuse(
    { id, grant_id: grantId, client_id: clientId, user_id: userId }: AuthorizationRow,
    kind: ReusedKind,
  ) {
    await this.database.transaction(async (em) => {
      if (!(await this.ends.endAuthorization(em, id, userId))) return;
      this.trail.record(em, {
        type: 'oauth.reuse_detected',
        ownerId: userId,
        data: { client_id: clientId, authorization_id: id, reused: kind },
      });
      const others = await em.execute(OTHERS_OF_GRANT, [grantId, new Date(this.clock.now())]);
      if (others.length === 0) await this.ends.end(em, { grantId }, 'reuse');
    });
  }

  private async change(
    statement: typeof REDEEM_CODE,
    { digest, client, authorizationId, scopes, issuedAt, expiresAt }: AccessToken,
    more: readonly unknown[],
  ): Promise<boolean> {
    const token = [digest, client.id, authorizationId, scopes.join(' '), issuedAt, expiresAt];
    return (await this.database.query(statement, [...token, ...more])).rowCount === 1;
  }

  private refreshUntil(): Date {
    return new Date(this.clock.now() + REFRESH_TOKEN_TTL_MS);
  }
}
