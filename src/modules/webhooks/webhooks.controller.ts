import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { Idempotent } from '../../platform/idempotency/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import { CreateWebhookService } from './create-webhook.service.js';
import { DeleteWebhookService } from './delete-webhook.service.js';
import { UpdateWebhookService } from './update-webhook.service.js';
import {
  NewWebhook,
  WebhookChanges,
  WebhookPage,
  WebhookQuery,
  WebhookView,
  WebhookWithSecretView,
} from './webhook.dto.js';
import { WebhooksService } from './webhooks.service.js';

@ApiTags('Webhooks')
@Controller('api/webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly creation: CreateWebhookService,
    private readonly changes: UpdateWebhookService,
    private readonly deletion: DeleteWebhookService,
  ) {}

  @Post()
  @Requires('write:webhooks')
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'createWebhook', summary: 'Let events be posted to a URL' })
  @Answers(201, WebhookWithSecretView, 'The webhook; `secret` is shown only here')
  @Refuses('REQ_006')
  create(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewWebhook }) body: z.infer<typeof NewWebhook>,
  ): Promise<z.infer<typeof WebhookWithSecretView>> {
    return this.creation.create(caller, body);
  }

  @Get()
  @Requires('read:webhooks')
  @ApiOperation({ operationId: 'listWebhooks', summary: 'List your webhooks, newest first' })
  @Answers(200, WebhookPage, 'A page of webhooks')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: WebhookQuery }) query: z.infer<typeof WebhookQuery>,
  ): Promise<Page<z.infer<typeof WebhookView>>> {
    return this.webhooks.list(caller, query);
  }

  @Get(':id')
  @Requires('read:webhooks')
  @ApiOperation({ operationId: 'getWebhook', summary: 'Get a webhook' })
  @Answers(200, WebhookView, 'The webhook')
  get(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof WebhookView>> {
    return this.webhooks.get(caller, id);
  }

  @Patch(':id')
  @Requires('write:webhooks')
  @ApiOperation({ operationId: 'updateWebhook', summary: 'Change, enable or disable a webhook' })
  @Answers(200, WebhookView, 'The webhook as it is now')
  update(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: WebhookChanges }) body: z.infer<typeof WebhookChanges>,
  ): Promise<z.infer<typeof WebhookView>> {
    return this.changes.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('write:webhooks')
  @ApiOperation({ operationId: 'deleteWebhook', summary: 'Delete a webhook' })
  @AnswersNothing('Deleted; also when it was deleted before')
  delete(@CurrentPrincipal() caller: Principal, @Param('id', { schema: ResourceId }) id: string): Promise<void> {
    return this.deletion.delete(caller, id);
  }
}
