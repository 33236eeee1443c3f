import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, RequiresSession } from '../../../platform/access/index.js';
import { Answers } from '../../../platform/http/index.js';
import { KeyProtectionChanges, KeyProtectionView } from './key-protection.dto.js';
import { KeyProtectionService } from './key-protection.service.js';

/** For login sessions only: a stolen key must not be able to switch off what would stop it. */
@ApiTags('API keys')
@Controller('api/key-protection')
export class KeyProtectionController {
  constructor(private readonly protection: KeyProtectionService) {}

  @Get()
  @RequiresSession()
  @ApiOperation({ operationId: 'getKeyProtection', summary: 'See what is done about leaked keys and strange uses' })
  @Answers(200, KeyProtectionView, 'How your keys are protected')
  get(@CurrentPrincipal() caller: Principal): Promise<z.infer<typeof KeyProtectionView>> {
    return this.protection.get(caller);
  }

  @Patch()
  @RequiresSession()
  @ApiOperation({
    operationId: 'updateKeyProtection',
    summary: 'Choose what is done about leaked keys and strange uses',
  })
  @Answers(200, KeyProtectionView, 'How your keys are protected now')
  update(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: KeyProtectionChanges }) body: z.infer<typeof KeyProtectionChanges>,
  ): Promise<z.infer<typeof KeyProtectionView>> {
    return this.protection.update(caller, body);
  }
}
