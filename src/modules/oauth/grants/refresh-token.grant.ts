import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { deriveKey } from '../../../kernel/crypto/derive-key.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { SECRETS, type Secrets } from '../../../platform/config/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import type { KnownClient } from '../clients/client-directory.js';
import { digestOf } from '../clients/client-secret.js';
import { requireParameter } from '../oauth-parameters.js';
import { type AccessToken, AccessTokens } from '../tokens/access-tokens.js';
import { viewAccessToken } from '../tokens/access-token.view.js';
import { Authorizations } from '../tokens/authorizations.js';
import type { AuthorizationRow } from '../tokens/authorizations.sql.js';
import { IdTokens } from '../tokens/id-tokens.js';
import { successorOf } from '../tokens/token-formats.js';
import type { TokenAnswer } from '../token.dto.js';
import { type GrantHandler, GrantHandlers, requireGrantType, type TokenRequest } from './grant-handlers.js';
import { narrowScope } from './narrow-scope.js';

/** How long a spent refresh token still gets the successor it was spent for: a lost answer, a second worker. */
const GRACE_MS = 60_000;

/**
 * New tokens for a refresh token (RFC 6749 §6), which is spent by that (RFC 9700 §4.14.2). Who comes second with the
 * same token gets the same successor for a minute; anything older is in two hands, and ends the authorization.
 */
@Injectable()
export class RefreshTokenGrant implements GrantHandler {
  readonly grantType = 'refresh_token';
  private readonly keys: readonly KeyObject[];

  constructor(
    grants: GrantHandlers,
    private readonly authorizations: Authorizations,
    private readonly tokens: AccessTokens,
    private readonly idTokens: IdTokens,
    @Inject(SECRETS) secrets: Secrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.keys = secrets.jwtSecrets.map((secret) => deriveKey(secret, 'oauth-refresh-successor'));
    grants.register(this);
  }

  async issue({ parameters, authenticate }: TokenRequest): Promise<TokenAnswer> {
    const client = await authenticate();
    requireGrantType(client, this.grantType);
    const presented = requireParameter(parameters, 'refresh_token');
    const authorization = await this.find(client, presented);
    const held = authorization.scopes.filter((scope) => client.scopes.includes(scope));
    const scopes = narrowScope(held, parameters.get('scope'));
    const order = { client, authorizationId: authorization.id, subject: authorization.user_id, scopes };
    const token = await this.tokens.make(order);
    const successor = (await this.spend(presented, token)) ?? (await this.repeat(client, presented, token));
    // the nonce was for the answer to the login alone (OpenID Connect Core §12.2)
    const idToken = await this.idTokens.issue(token, { ...authorization, nonce: null });
    return {
      ...viewAccessToken(token),
      refresh_token: successor,
      ...(idToken !== undefined && { id_token: idToken }),
    };
  }

  /** @throws OAuthError invalid_grant, the same for an unknown token, another client's and one that has ended */
  private async find(client: KnownClient, presented: string): Promise<AuthorizationRow> {
    const found = await this.authorizations.findByRefreshToken(presented);
    const isLive = found?.is_live && new Date(found.refresh_expires_at ?? 0).getTime() > this.clock.now();
    if (found && isLive && found.client_id === client.id) return found;
    throw refused('The refresh token has expired, was revoked, or is not one of this client.');
  }

  /** Spends the token if it is the current one. @returns its successor */
  private async spend(presented: string, token: AccessToken): Promise<string | null> {
    const [key] = this.keys;
    if (!key) throw new Error('there is no JWT secret');
    const successor = successorOf(presented, key);
    return (await this.authorizations.rotate(token, digestOf(presented), digestOf(successor))) ? successor : null;
  }

  /** What a token that is not the current one is worth: its successor while the grace lasts, the end otherwise. */
  private async repeat(client: KnownClient, presented: string, token: AccessToken): Promise<string> {
    const authorization = await this.find(client, presented);
    const spentAtMs = new Date(authorization.parent_spent_at ?? 0).getTime();
    const isParent = authorization.parent_digest === digestOf(presented) && this.clock.now() < spentAtMs + GRACE_MS;
    const candidates = this.keys.map((key) => successorOf(presented, key));
    // another process may have made it under another live secret
    const successor = candidates.find((candidate) => digestOf(candidate) === authorization.refresh_digest);
    if (isParent && successor !== undefined) {
      await this.tokens.store(token);
      return successor;
    }
    await this.authorizations.endForReuse(authorization, 'refresh_token');
    throw refused('This refresh token was used before; for safety all tokens of its authorization have ended.');
  }
}

function refused(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}
