import { Inject, Injectable } from '@nestjs/common';
import type { Permission } from '../../../kernel/access/permission.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import {
  AccountSuspects,
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
    private readonly suspects: AccountSuspects,
    @Inject(CONFIG) config: Config,
  ) {
    const { token, issuer } = endpointsOf(config);
    this.audiences = [token, issuer];
    grants.register(this);
  }

  async issue({ parameters, countFor }: TokenRequest): Promise<TokenAnswer> {
    const account = await this.authenticate(requireParameter(parameters, 'assertion'));
    const { accountId, keyId, notAfterMs } = account;
    await countFor(`service_account:${accountId}`);
    const permissions = await this.narrow(account, parameters.get('scope') ?? account.scope);
    const { token, expiresIn } = this.tokens.issue({ accountId, keyId, permissions, notAfterMs });
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: permissions.join(' ') };
  }

  private async authenticate(assertion: string): Promise<AuthenticatedAccount> {
    try {
      return await this.assertions.authenticate(assertion, this.audiences);
    } catch (error) {
      if (!(error instanceof AssertionFault)) throw error;
      const suspect = await this.suspects.claimedBy(assertion);
      throw new OAuthError('invalid_grant', error.message, { cause: error, suspect });
    }
  }

  private async narrow(account: AuthenticatedAccount, scope: string | undefined): Promise<readonly Permission[]> {
    try {
      return narrowScope(account.permissions, scope);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const suspect = await this.suspects.find(account.accountId, 'scope');
      throw new OAuthError(error.code, error.description, { cause: error, suspect, check: 'permission' });
    }
  }
}
