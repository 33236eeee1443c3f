import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { DeliveryWorker } from './sending/delivery.worker.js';
import { FanOutService } from './deliveries/fan-out.service.js';
import { DeliveryLedger } from './sending/delivery-ledger.js';
import { SendBatchService } from './sending/send-batch.service.js';
import { WEBHOOK_SECRET_COLUMNS } from './endpoints/secret-context.js';
import { WebhookTargetsService } from './targets/webhook-targets.service.js';
import { SubscriptionCache } from './endpoints/subscription-cache.js';
import { EraseDeletedWebhooksService } from './endpoints/erase-deleted-webhooks.service.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Webhooks: endpoints, and the delivery of events to them. */
@Module({
  controllers: [WebhooksController, DeliveriesController],
  providers: [
    WebhooksService,
    DeliveriesService,
    WebhookTargetsService,
    SubscriptionCache,
    EraseDeletedWebhooksService,
    FanOutService,
    SendBatchService,
    DeliveryLedger,
    DeliveryWorker,
  ],
})
export class WebhooksModule {
  constructor(columns: SealedColumns) {
    for (const column of WEBHOOK_SECRET_COLUMNS) columns.register(column);
  }
}
