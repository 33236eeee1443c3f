import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { BasicForClients, Public } from '../../platform/access/index.js';
import { UnreadBody } from '../../platform/http/body/index.js';
import { CountedByHandler } from '../../platform/limits/index.js';
import { ClientAdmission } from './clients/client-admission.js';
import { readOAuthParameters, requireParameter } from './oauth-parameters.js';
import { TOKEN_INQUIRY } from './token.dto.js';
import { TokenRevocation } from './tokens/token-revocation.js';

@ApiTags('OAuth')
@Controller('oauth')
export class RevocationController {
  constructor(
    private readonly clients: ClientAdmission,
    private readonly revocation: TokenRevocation,
  ) {}

  @Post('revoke')
  @Public()
  @BasicForClients()
  @CountedByHandler()
  @UnreadBody()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revokeToken',
    summary: 'Revoke a token (RFC 7009)',
    description: 'A refresh token takes all tokens of its authorization with it.',
  })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiBody({ schema: TOKEN_INQUIRY })
  @ApiResponse({ status: 200, description: 'It is not good any more, or never was a token of this client' })
  async revoke(@Req() request: Request): Promise<void> {
    const parameters = await readOAuthParameters(request);
    const client = await this.clients.admit(request, parameters);
    await this.revocation.revoke(client, requireParameter(parameters, 'token'));
  }
}
