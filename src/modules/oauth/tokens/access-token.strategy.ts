import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { AppError } from '../../../kernel/errors/app-error.js';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  type VerifiedCredential,
} from '../../../platform/access/index.js';
import { KnownTokens } from './known-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { isAccessToken } from './token-formats.js';

const PASSPORT_NAME = 'oauth-access-token';

/** How the header of a JWT access token begins: 30 bytes, so that its base64url is a prefix of the token's. */
const JWT_BEGINNING = Buffer.from('{"alg":"ES256","typ":"at+jwt",').toString('base64url');

/** Verifies the access tokens of OAuth clients, of both forms. */
@Injectable()
export class AccessTokenStrategy
  extends PassportStrategy(HeaderAPIKeyStrategy, PASSPORT_NAME)
  implements CredentialStrategy
{
  readonly passportName = PASSPORT_NAME;

  constructor(
    strategies: CredentialStrategies,
    private readonly tokens: KnownTokens,
    private readonly keys: SigningKeys,
  ) {
    super({ header: 'Authorization', prefix: '' }, false);
    strategies.register(this);
  }

  accepts({ scheme, value }: Credential): boolean {
    return scheme === 'bearer' && (isAccessToken(value) || value.startsWith(JWT_BEGINNING));
  }

  /**
   * The caller behind a token. Of both forms only those that are stored are good, so that each can be taken back.
   * @throws AppError AUTH_003 for a JWT that was not signed here, AUTH_002 for a token that has ended
   */
  async validate(authorization: string): Promise<VerifiedCredential> {
    const token = authorization.slice(authorization.lastIndexOf(' ') + 1);
    if (!isAccessToken(token) && !(await this.keys.haveSigned(token))) {
      throw new AppError('AUTH_003', { detail: 'The access token was not signed here.' });
    }
    return this.tokens.verify(token);
  }
}
