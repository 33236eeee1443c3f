import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { Answers, Refuses } from '../../platform/http/index.js';
import { Verification, VerificationView } from './api-key-verification.dto.js';
import { ApiKeyVerificationService } from './api-key-verification.service.js';

@ApiTags('API keys')
@Controller('api/keys')
export class ApiKeyVerificationController {
  constructor(private readonly verification: ApiKeyVerificationService) {}

  @Post('verify')
  @Requires('verify:keys')
  @ApiOperation({ operationId: 'verifyApiKey', summary: 'Judge a key that somebody has sent to you' })
  @Answers(200, VerificationView, 'Whether the key is valid, and why not')
  @Refuses('AUTH_006')
  verify(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: Verification }) body: z.infer<typeof Verification>,
  ): Promise<z.infer<typeof VerificationView>> {
    return this.verification.verify(caller, body);
  }
}
