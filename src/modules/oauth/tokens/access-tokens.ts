import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Database, GroupCommit } from '../../../platform/database/index.js';
import type { KnownClient } from '../clients/client-directory.js';
import { digestOf } from '../clients/client-secret.js';
import type { Scope } from '../scopes.js';
import { SigningKeys } from './signing-keys.js';
import { generateAccessToken } from './token-formats.js';

/** Life of an access token. */
export const ACCESS_TOKEN_TTL_SECONDS = 3_600;

const WRITES_TOGETHER = { sizeMax: 500, groupsMax: 2 };

const STORE_TOKENS = {
  name: 'store-oauth-access-tokens',
  text: `insert into oauth_access_tokens (digest, client_id, authorization_id, scopes, issued_at, expires_at)
         select digest, client_id, authorization_id, string_to_array(scopes, ' '), issued_at, expires_at
           from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[])
             as t(digest, client_id, authorization_id, scopes, issued_at, expires_at)`,
};

/** To whom a token is issued, and what for. */
export interface AccessTokenOrder {
  readonly client: KnownClient;
  /** Null: the client acts for its owner. */
  readonly authorizationId: string | null;
  /** `sub` of a JWT. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
}

/** An access token that is good once its row is stored. */
export interface AccessToken extends AccessTokenOrder {
  readonly plaintext: string;
  readonly digest: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly expiresIn: number;
}

/** Makes and stores access tokens. Those that are JWTs are stored too: only so can they be taken back at once. */
@Injectable()
export class AccessTokens {
  private readonly writes = new GroupCommit<AccessToken, null>((tokens) => this.write(tokens), WRITES_TOGETHER);

  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeys,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A new token, for somebody who stores it together with what it is issued for. */
  async make(order: AccessTokenOrder): Promise<AccessToken> {
    const iat = Math.floor(this.clock.now() / 1000);
    const end = Math.floor((order.client.expiresAtMs ?? Infinity) / 1000);
    const exp = Math.min(iat + ACCESS_TOKEN_TTL_SECONDS, end);
    const isJwt = order.client.accessTokenFormat === 'jwt';
    const plaintext = isJwt ? await this.sign(order, iat, exp) : generateAccessToken();
    return {
      ...order,
      plaintext,
      digest: digestOf(plaintext),
      issuedAt: new Date(iat * 1000),
      expiresAt: new Date(exp * 1000),
      expiresIn: exp - iat,
    };
  }

  /** Makes a token good; those that are stored at the same time share a statement. */
  async store(token: AccessToken): Promise<void> {
    await this.writes.add(token);
  }

  /** A new token, stored. */
  async issue(order: AccessTokenOrder): Promise<AccessToken> {
    const token = await this.make(order);
    await this.store(token);
    return token;
  }

  /** The claims of RFC 9068 §2.2. */
  private sign({ client, subject, scopes }: AccessTokenOrder, iat: number, exp: number): Promise<string> {
    const { publicUrl: issuer } = this.config;
    return this.keys.sign('at+jwt', {
      iss: issuer,
      aud: issuer,
      sub: subject,
      client_id: client.id,
      scope: scopes.join(' '),
      iat,
      exp,
      jti: newId(iat * 1000),
    });
  }

  private async write(tokens: readonly AccessToken[]): Promise<null[]> {
    await this.database.query(STORE_TOKENS, [
      tokens.map(({ digest }) => digest),
      tokens.map(({ client }) => client.id),
      tokens.map(({ authorizationId }) => authorizationId),
      tokens.map(({ scopes }) => scopes.join(' ')),
      tokens.map(({ issuedAt }) => issuedAt),
      tokens.map(({ expiresAt }) => expiresAt),
    ]);
    return tokens.map(() => null);
  }
}
