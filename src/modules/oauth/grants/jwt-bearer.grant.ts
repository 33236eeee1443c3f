import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { OAuthError } from '../../../platform/http/oauth/oauth-error.js';
import {
  AssertionFault,
  AssertionsService,
  type AuthenticatedAccount,
  ServiceAccountTokens,
} from '../../service-accounts/index.js';
import { requireParameter } from '../oauth-parameters.js';
import { endpointsOf } from '../endpoints.js';
import type { TokenAnswer } from '../token.dto.js';
import { type GrantHandler, GrantHandlers, type TokenRequest } from './grant-handlers.js';
import { narrowScope } from './narrow-scope.js';

/** Tokens for service accounts, against an assertion that they have signed (RFC 7523 §2.1). */
@Injectable()
export class JwtBearerGrant implements GrantHandler {
  readonly grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  /** What an assertion may be addressed to. */
  private readonly audiences: readonly string[];

  constructor(
    grants: GrantHandlers,
    private readonly assertions: AssertionsService,
    private readonly tokens: ServiceAccountTokens,
    @Inject(CONFIG) config: Config,
  ) {
    const { token, issuer } = endpointsOf(config);
    this.audiences = [token, issuer];
    grants.register(this);
  }

  async issue({ parameters }: TokenRequest): Promise<TokenAnswer> {
    const account = await this.authenticate(requireParameter(parameters, 'assertion'));
    const permissions = narrowScope(account.permissions, parameters.get('scope') ?? account.scope);
    const { accountId, keyId, notAfterMs } = account;
    const { token, expiresIn } = this.tokens.issue({ accountId, keyId, permissions, notAfterMs });
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: permissions.join(' ') };
  }

  private async authenticate(assertion: string): Promise<AuthenticatedAccount> {
    try {
      return await this.assertions.authenticate(assertion, this.audiences);
    } catch (error) {
      if (error instanceof AssertionFault) throw new OAuthError('invalid_grant', error.message, { cause: error });
      throw error;
    }
  }
}
