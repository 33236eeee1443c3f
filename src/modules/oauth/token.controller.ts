import { Controller, Header, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { BasicForClients, Public } from '../../platform/access/index.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { UnreadBody } from '../../platform/http/body/index.js';
import { OAuthError } from '../../platform/http/problem/index.js';
import { Answers } from '../../platform/http/index.js';
import { CountedByHandler, RateLimits } from '../../platform/limits/index.js';
import { ClientAdmission } from './clients/client-admission.js';
import type { KnownClient } from './clients/client-directory.js';
import { type GrantHandler, GrantHandlers, type TokenRequest } from './grants/grant-handlers.js';
import { readOAuthParameters, requireParameter } from './oauth-parameters.js';
import { TOKEN_REQUEST, type TokenAnswer, TokenView } from './token.dto.js';

@ApiTags('OAuth')
@Controller('oauth')
export class TokenController {
  constructor(
    private readonly grants: GrantHandlers,
    private readonly clients: ClientAdmission,
    private readonly limits: RateLimits,
    private readonly trail: AuditTrail,
  ) {}

  @Post('token')
  @Public()
  @BasicForClients()
  @CountedByHandler()
  @UnreadBody()
  @Header('Pragma', 'no-cache')
  @ApiOperation({ operationId: 'issueToken', summary: 'Get an access token' })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiBody({ schema: TOKEN_REQUEST })
  @Answers(200, TokenView, 'An access token')
  async token(@Req() request: Request): Promise<TokenAnswer> {
    const parameters = await readOAuthParameters(request);
    const handler = this.grants.find(requireParameter(parameters, 'grant_type'));
    if (!handler) {
      throw new OAuthError('unsupported_grant_type', `grant_type must be one of: ${this.grants.names().join(', ')}.`);
    }
    const authenticate = () => this.clients.admit(request, parameters);
    const countFor = (bucket: string) => this.limits.countInHandler(request, bucket);
    return this.issue(handler, { parameters, authenticate, countFor });
  }

  /** What a client is refused that has said who it is goes on record for its owner. */
  private async issue(handler: GrantHandler, { authenticate, ...request }: TokenRequest): Promise<TokenAnswer> {
    let client: KnownClient | undefined;
    const authenticateOnce = async (): Promise<KnownClient> => (client ??= await authenticate());
    try {
      return await handler.issue({ ...request, authenticate: authenticateOnce });
    } catch (error) {
      if (client && error instanceof OAuthError) {
        await this.trail.note({
          type: 'oauth.token.refused',
          ownerId: client.ownerId,
          data: { client_id: client.id, grant_type: handler.grantType, error: error.code, reason: error.description },
        });
      }
      throw error;
    }
  }
}
