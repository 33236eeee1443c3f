import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { constantTimeEquals } from '../../../kernel/crypto/constant-time-equals.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import type { KnownClient } from '../clients/client-directory.js';
import { digestOf } from '../clients/client-secret.js';
import { type OAuthParameters, requireParameter } from '../oauth-parameters.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { viewAccessToken } from '../tokens/access-token.view.js';
import { Authorizations } from '../tokens/authorizations.js';
import type { AuthorizationRow } from '../tokens/authorizations.sql.js';
import { IdTokens } from '../tokens/id-tokens.js';
import { generateRefreshToken, isCode } from '../tokens/token-formats.js';
import type { TokenAnswer } from '../token.dto.js';
import { type GrantHandler, GrantHandlers, requireGrantType, type TokenRequest } from './grant-handlers.js';

/** RFC 7636 §4.1 */
const VERIFIER = /^[\w\-.~]{43,128}$/;

/**
 * Tokens for a code that a user has consented to (RFC 6749 §4.1.3, RFC 7636 §4.5). A code is good once: presented again
 * by its client, all that it was redeemed for ends. Whoever cannot prove to be that client changes nothing.
 */
@Injectable()
export class AuthorizationCodeGrant implements GrantHandler {
  readonly grantType = 'authorization_code';

  constructor(
    grants: GrantHandlers,
    private readonly authorizations: Authorizations,
    private readonly tokens: AccessTokens,
    private readonly idTokens: IdTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    grants.register(this);
  }

  async issue({ parameters, authenticate }: TokenRequest): Promise<TokenAnswer> {
    const client = await authenticate();
    requireGrantType(client, this.grantType);
    const authorization = await this.find(client, parameters);
    if (authorization.redeemed_at !== null) return this.refuseSecondUse(authorization);
    const isFresh = new Date(authorization.code_expires_at).getTime() > this.clock.now();
    if (!isFresh || !authorization.is_live) throw refused('The code has expired, or the grant was revoked.');
    const scopes = authorization.scopes.filter((scope) => client.scopes.includes(scope));
    const order = { client, authorizationId: authorization.id, subject: authorization.user_id, scopes };
    const token = await this.tokens.make(order);
    const refreshToken = client.grantTypes.includes('refresh_token') ? generateRefreshToken() : null;
    if (!(await this.authorizations.redeem(token, refreshToken))) return this.refuseSecondUse(authorization);
    const idToken = await this.idTokens.issue(token, authorization);
    return {
      ...viewAccessToken(token),
      ...(refreshToken !== null && { refresh_token: refreshToken }),
      ...(idToken !== undefined && { id_token: idToken }),
    };
  }

  /** @throws OAuthError invalid_grant unless the code is the client's, for this redirect URI and this verifier */
  private async find(client: KnownClient, parameters: OAuthParameters): Promise<AuthorizationRow> {
    const code = requireParameter(parameters, 'code');
    const redirectUri = requireParameter(parameters, 'redirect_uri');
    const found = isCode(code) ? await this.authorizations.findByCode(code) : null;
    if (!found || found.client_id !== client.id) throw refused('The code is not one of this client.');
    if (found.redirect_uri !== redirectUri)
      throw refused('redirect_uri is not the one that the code was asked for with.');
    requireVerifier(found.code_challenge, parameters.get('code_verifier'));
    return found;
  }

  private async refuseSecondUse(authorization: AuthorizationRow): Promise<never> {
    await this.authorizations.endForReuse(authorization, 'code');
    throw refused('The code was used before; for safety all tokens that it was redeemed for have ended.');
  }
}

/** A verifier without a challenge is refused as well: somebody may have taken the challenge out (RFC 9700 §4.8.2). */
function requireVerifier(challenge: string | null, verifier: string | undefined): void {
  if (challenge === null && verifier === undefined) return;
  if (challenge === null) throw refused('The code was asked for without a code_challenge.');
  if (verifier === undefined) throw refused('The parameter code_verifier is missing.');
  if (!VERIFIER.test(verifier) || !constantTimeEquals(digestOf(verifier), challenge)) {
    throw refused('code_verifier does not belong to the code_challenge.');
  }
}

function refused(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}
