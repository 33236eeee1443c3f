import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires, RequiresStepUp } from '../../platform/access/index.js';
import { Answers, AnswersNothing } from '../../platform/http/openapi/answer.decorators.js';
import type { Page } from '../../platform/http/paging/page.js';
import { ResourceId } from '../../platform/http/validation/ids.js';
import { ApiKeyPage, ApiKeyQuery, ApiKeyView, MintedApiKeyView, NewApiKey } from './api-key.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('API keys')
@Controller('api/keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Requires('write:keys')
  @RequiresStepUp()
  @ApiOperation({ operationId: 'createApiKey', summary: 'Mint an API key' })
  @Answers(201, MintedApiKeyView, 'The key; `key` and `api_secret` are shown only here')
  create(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewApiKey }) body: z.infer<typeof NewApiKey>,
  ): Promise<z.infer<typeof MintedApiKeyView>> {
    return this.keys.create(caller, body);
  }

  @Get()
  @Requires('read:keys')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'List your API keys, newest first' })
  @Answers(200, ApiKeyPage, 'A page of keys')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: ApiKeyQuery }) query: z.infer<typeof ApiKeyQuery>,
  ): Promise<Page<z.infer<typeof ApiKeyView>>> {
    return this.keys.list(caller, query);
  }

  @Get(':id')
  @Requires('read:keys')
  @ApiOperation({ operationId: 'getApiKey', summary: 'Get an API key' })
  @Answers(200, ApiKeyView, 'The key')
  get(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof ApiKeyView>> {
    return this.keys.get(caller, id);
  }

  @Delete(':id')
  @Requires('write:keys')
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key' })
  @AnswersNothing('Revoked; also when it was revoked before')
  revoke(@CurrentPrincipal() caller: Principal, @Param('id', { schema: ResourceId }) id: string): Promise<void> {
    return this.keys.revoke(caller, id);
  }
}
