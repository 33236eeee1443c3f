import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import './endpoints/webhook.events.js';
import './endpoints/webhook.permissions.js';
import { CreateWebhookService } from './create-webhook.service.js';
import { DeleteWebhookService } from './delete-webhook.service.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { FanOutService } from './deliveries/fan-out.service.js';
import { RedeliverWebhookDeliveriesService } from './deliveries/redeliver-webhook-deliveries.service.js';
import { RedeliverWebhookDeliveryService } from './deliveries/redeliver-webhook-delivery.service.js';
import { EndpointWriter } from './endpoints/endpoint-writer.js';
import { EraseDeletedWebhooksService } from './endpoints/erase-deleted-webhooks.service.js';
import { SubscriptionCache } from './endpoints/subscription-cache.js';
import { WEBHOOK_SECRET_COLUMNS } from './endpoints/webhook-endpoint.entity.js';
import { RotateWebhookSecretService } from './rotate-webhook-secret.service.js';
import { DeliveryLedger } from './sending/delivery-ledger.js';
import { DeliveryWorker } from './sending/delivery.worker.js';
import { SendBatchService } from './sending/send-batch.service.js';
import { WebhookTargetsService } from './targets/webhook-targets.service.js';
import { TestWebhookService } from './test-webhook.service.js';
import { UpdateWebhookService } from './update-webhook.service.js';
import { WebhookActionsController } from './webhook-actions.controller.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

const OPERATIONS = [
  WebhooksService,
  CreateWebhookService,
  UpdateWebhookService,
  DeleteWebhookService,
  RotateWebhookSecretService,
  TestWebhookService,
  DeliveriesService,
  RedeliverWebhookDeliveryService,
  RedeliverWebhookDeliveriesService,
];

/** Webhooks: endpoints, and the delivery of events to them. */
@Module({
  controllers: [WebhooksController, WebhookActionsController, DeliveriesController],
  providers: [
    ...OPERATIONS,
    WebhookTargetsService,
    SubscriptionCache,
    EndpointWriter,
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
