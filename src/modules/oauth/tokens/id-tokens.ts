import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { parseCompactJws } from '../../../kernel/jose/parse-compact-jws.js';
import { isFault } from '../../../kernel/fault.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import type { AccessToken } from './access-tokens.js';
import type { AuthorizationRow } from './authorizations.sql.js';
import { SigningKeys } from './signing-keys.js';

const ID_TOKEN_TTL_SECONDS = 3_600;

/** ID tokens (OpenID Connect Core §2), beside access tokens with the scope `openid`. */
@Injectable()
export class IdTokens {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The user that an ID token is about, however old it is (OpenID Connect Core §3.1.2.1, id_token_hint); null unless it
   * was issued here to this client.
   */
  async subjectOf(idToken: string, clientId: string): Promise<string | null> {
    const jws = parseCompactJws(idToken);
    if (isFault(jws) || !(await this.keys.haveSigned(idToken))) return null;
    const { header, claims } = jws;
    const isOurs = header.typ === 'JWT' && claims.iss === this.config.publicUrl && claims.aud === clientId;
    return isOurs && typeof claims.sub === 'string' ? claims.sub : null;
  }

  /** The ID token that goes with an access token; undefined if the client has not asked who the user is. */
  async issue(accessToken: AccessToken, authorization: AuthorizationRow): Promise<string | undefined> {
    if (!accessToken.scopes.includes('openid')) return undefined;
    const iat = Math.floor(this.clock.now() / 1000);
    return this.keys.sign('JWT', {
      iss: this.config.publicUrl,
      sub: authorization.user_id,
      aud: accessToken.client.id,
      iat,
      exp: iat + ID_TOKEN_TTL_SECONDS,
      auth_time: Math.floor(new Date(authorization.authenticated_at).getTime() / 1000),
      at_hash: leftHalf(accessToken.plaintext),
      ...(authorization.nonce !== null && { nonce: authorization.nonce }),
    });
  }
}

/** The left half of the SHA-256 of a token (OpenID Connect Core §3.1.3.6). */
function leftHalf(token: string): string {
  return createHash('sha256').update(token, 'ascii').digest().subarray(0, 16).toString('base64url');
}
