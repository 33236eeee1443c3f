import { Injectable } from '@nestjs/common';
import { PermissionSet } from '../../../kernel/access/permission.js';
import { permissionsIn } from '../protocol/scopes.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { viewAccessToken } from '../tokens/access-token.view.js';
import type { TokenAnswer } from '../protocol/token.dto.js';
import { type GrantHandler, GrantHandlers, requireGrantType, type TokenRequest } from './grant-handlers.js';
import { narrowScope } from '../protocol/narrow-scope.js';

/** Tokens for clients that act for their owner, within their scopes (RFC 6749 §4.4); there is no refresh token. */
@Injectable()
export class ClientCredentialsGrant implements GrantHandler {
  readonly grantType = 'client_credentials';

  constructor(
    grants: GrantHandlers,
    private readonly tokens: AccessTokens,
  ) {
    grants.register(this);
  }

  async issue({ parameters, authenticate }: TokenRequest): Promise<TokenAnswer> {
    const client = await authenticate();
    requireGrantType(client, this.grantType);
    const allowed = PermissionSet.ofRole(client.principal.role);
    const held = permissionsIn(client.scopes).filter((permission) => allowed.has(permission));
    const scopes = narrowScope(held, parameters.get('scope'));
    const token = await this.tokens.issue({ client, authorizationId: null, subject: client.id, scopes });
    return viewAccessToken(token);
  }
}
