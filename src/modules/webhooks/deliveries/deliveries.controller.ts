import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../../platform/access/index.js';
import { Answers, Refuses } from '../../../platform/http/index.js';
import type { Page } from '../../../platform/http/paging/index.js';
import { ResourceId } from '../../../platform/http/validation/index.js';
import {
  RedeliveryRange,
  RedeliveryView,
  WebhookDeliveryPage,
  WebhookDeliveryQuery,
  WebhookDeliveryView,
} from './delivery.dto.js';
import { DeliveriesService } from './deliveries.service.js';
import { RedeliverWebhookDeliveriesService } from './redeliver-webhook-deliveries.service.js';
import { RedeliverWebhookDeliveryService } from './redeliver-webhook-delivery.service.js';

@ApiTags('Webhooks')
@Controller('api/webhooks/:id/deliveries')
export class DeliveriesController {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly redelivery: RedeliverWebhookDeliveryService,
    private readonly rangeRedelivery: RedeliverWebhookDeliveriesService,
  ) {}

  @Get()
  @Requires('read:webhooks')
  @ApiOperation({ operationId: 'listWebhookDeliveries', summary: 'List deliveries and their attempts, newest first' })
  @Answers(200, WebhookDeliveryPage, 'A page of deliveries')
  list(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Query({ schema: WebhookDeliveryQuery }) query: z.infer<typeof WebhookDeliveryQuery>,
  ): Promise<Page<z.infer<typeof WebhookDeliveryView>>> {
    return this.deliveries.list(caller, id, query);
  }

  @Post('redeliver')
  @Requires('write:webhooks')
  @ApiOperation({ operationId: 'redeliverWebhookDeliveries', summary: 'Send the deliveries of a time again' })
  @Answers(202, RedeliveryView, 'They are on their way')
  @Refuses('REQ_006')
  redeliverRange(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: RedeliveryRange }) body: z.infer<typeof RedeliveryRange>,
  ): Promise<z.infer<typeof RedeliveryView>> {
    return this.rangeRedelivery.redeliver(caller, id, body);
  }

  @Post(':delivery_id/redeliver')
  @Requires('write:webhooks')
  @ApiOperation({
    operationId: 'redeliverWebhookDelivery',
    summary: 'Send a delivery again, under the same webhook-id',
  })
  @Answers(202, WebhookDeliveryView, 'It is on its way')
  @Refuses('REQ_006')
  redeliver(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Param('delivery_id', { schema: ResourceId }) deliveryId: string,
  ): Promise<z.infer<typeof WebhookDeliveryView>> {
    return this.redelivery.redeliver(caller, id, deliveryId);
  }
}
