import { Controller, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { authorize } from '../../kernel/access/authorize.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { BasicForClients, Public } from '../../platform/access/index.js';
import { UnreadBody } from '../../platform/http/body/index.js';
import { OAuthError } from '../../platform/http/problem/index.js';
import { Answers } from '../../platform/http/index.js';
import { CountedByHandler } from '../../platform/limits/index.js';
import { ClientAdmission } from './clients/client-admission.js';
import { type Introspection, IntrospectionView } from './introspection.dto.js';
import { type OAuthParameters, readOAuthParameters, requireParameter } from './oauth-parameters.js';
import { TOKEN_INQUIRY } from './token.dto.js';
import { type Inquirer, TokenIntrospection } from './tokens/token-introspection.js';

@ApiTags('OAuth')
@Controller('oauth')
export class IntrospectionController {
  constructor(
    private readonly clients: ClientAdmission,
    private readonly introspection: TokenIntrospection,
  ) {}

  @Post('introspect')
  @Public()
  @BasicForClients()
  @CountedByHandler()
  @UnreadBody()
  @ApiOperation({
    operationId: 'introspectToken',
    summary: 'What a token is good for (RFC 7662)',
    description:
      'A client asks about its own tokens; a credential with `read:oauth_clients` about those of all clients of its owner.',
  })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiBody({ schema: TOKEN_INQUIRY })
  @Answers(200, IntrospectionView, 'What is known')
  async introspect(@Req() request: Request): Promise<Introspection> {
    const parameters = await readOAuthParameters(request);
    const inquirer = await this.inquirerOf(request, parameters);
    return this.introspection.look(inquirer, requireParameter(parameters, 'token'));
  }

  /** A public client cannot prove who it is, and could fish for tokens. */
  private async inquirerOf(request: Request, parameters: OAuthParameters): Promise<Inquirer> {
    const { principal, address } = request.context;
    if (principal && principal.method !== 'session_cookie') {
      const decision = authorize(principal, address, { kind: 'permissions', permissions: ['read:oauth_clients'] });
      if (!decision.allowed) throw new AppError(decision.code, { detail: decision.detail });
      return { ownerId: principal.userId };
    }
    const client = await this.clients.admit(request, parameters);
    if (client.type === 'public') throw new OAuthError('invalid_client', 'A public client cannot introspect tokens.');
    return { clientId: client.id };
  }
}
