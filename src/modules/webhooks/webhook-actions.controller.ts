import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { OptionalBody } from '../../platform/http/body/index.js';
import { Idempotent } from '../../platform/idempotency/index.js';
import { Answers, Refuses } from '../../platform/http/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import { RotateWebhookSecretService } from './rotate-webhook-secret.service.js';
import { TestWebhookService } from './test-webhook.service.js';
import { WebhookSecretRotation, WebhookTestView, WebhookWithSecretView } from './webhook.dto.js';

/** What can be asked of one endpoint beside reading and changing it. */
@ApiTags('Webhooks')
@Controller('api/webhooks/:id')
export class WebhookActionsController {
  constructor(
    private readonly rotation: RotateWebhookSecretService,
    private readonly tests: TestWebhookService,
  ) {}

  @Post('rotate-secret')
  @OptionalBody()
  @Requires('write:webhooks')
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'rotateWebhookSecret', summary: 'Replace the secret; both sign until the deadline' })
  @Answers(201, WebhookWithSecretView, 'The webhook with its new secret, which is shown only here')
  rotateSecret(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: WebhookSecretRotation }) body: z.infer<typeof WebhookSecretRotation>,
  ): Promise<z.infer<typeof WebhookWithSecretView>> {
    return this.rotation.rotate(caller, id, body.grace_period_hours);
  }

  @Post('test')
  @Requires('write:webhooks')
  @ApiOperation({ operationId: 'testWebhook', summary: 'Send a webhook.test event' })
  @Answers(202, WebhookTestView, 'The event is on its way')
  @Refuses('REQ_006')
  test(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof WebhookTestView>> {
    return this.tests.test(caller, id);
  }
}
