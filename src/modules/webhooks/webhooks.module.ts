import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import './webhook.events.js';
import './webhook.permissions.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { FanOut } from './delivery/fan-out.js';
import { TurnLedger } from './delivery/turn-ledger.js';
import { WebhookSender } from './delivery/webhook-sender.js';
import { WEBHOOK_SECRET_COLUMNS } from './secret-context.js';
import { WebhookTargets } from './target/webhook-targets.js';
import { WebhookDemand } from './webhook-demand.js';
import { WebhookRetention } from './webhook-retention.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Webhooks: endpoints, and the delivery of events to them. */
@Module({
  controllers: [WebhooksController, DeliveriesController],
  providers: [
    WebhooksService,
    DeliveriesService,
    WebhookTargets,
    WebhookDemand,
    WebhookRetention,
    FanOut,
    WebhookSender,
    TurnLedger,
    DeliveryWorker,
  ],
})
export class WebhooksModule {
  constructor(columns: SealedColumns) {
    for (const column of WEBHOOK_SECRET_COLUMNS) columns.register(column);
  }
}
