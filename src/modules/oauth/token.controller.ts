import { Controller, Header, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Public } from '../../platform/access/index.js';
import { UnreadBody } from '../../platform/http/body/unread-body.decorator.js';
import { OAuthError } from '../../platform/http/oauth/oauth-error.js';
import { Answers } from '../../platform/http/openapi/answer.decorators.js';
import { GrantHandlers } from './grants/grant-handlers.js';
import { readOAuthParameters, requireParameter } from './oauth-parameters.js';
import { TOKEN_REQUEST, type TokenAnswer, TokenView } from './token.dto.js';

@ApiTags('OAuth')
@Controller('oauth')
export class TokenController {
  constructor(private readonly grants: GrantHandlers) {}

  @Post('token')
  @Public()
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
    return handler.issue(parameters);
  }
}
