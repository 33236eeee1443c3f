import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../../platform/access/index.js';
import { Answers, AnswersNothing } from '../../platform/http/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import { KeyAdministration, type OwnedKeyView } from '../api-keys/index.js';
import { AllKeysQuery, OwnedApiKeyPage } from './admin-key.dto.js';
import { Reason } from './admin-user.dto.js';
import { Administration } from './administration.decorator.js';

@Administration('keys')
export class AdminKeysController {
  constructor(private readonly keys: KeyAdministration) {}

  @Get()
  @Requires('admin:keys')
  @ApiOperation({ operationId: 'listAllApiKeys', summary: 'Search the API keys of all owners, newest first' })
  @Answers(200, OwnedApiKeyPage, 'A page of keys')
  async list(@Query({ schema: AllKeysQuery }) query: z.infer<typeof AllKeysQuery>): Promise<Page<OwnedKeyView>> {
    const { owner_id: ownerId, ...filter } = query;
    return toPage(await this.keys.list({ ...filter, ownerId }), query.limit, (key) => key);
  }

  @Post(':id/revoke')
  @Requires('admin:keys')
  @ApiOperation({ operationId: 'revokeAnyApiKey', summary: 'Revoke an API key of anybody' })
  @AnswersNothing('Revoked; also when it was revoked before')
  revoke(
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Reason }) body: z.infer<typeof Reason>,
  ): Promise<void> {
    return this.keys.revoke(id, body.reason);
  }
}
