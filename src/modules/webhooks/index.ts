export { WebhookAttemptSchema } from './deliveries/webhook-attempt.entity.js';
export { WebhookDeliverySchema } from './deliveries/webhook-delivery.entity.js';
export { WebhookEndpointSchema } from './endpoints/webhook-endpoint.entity.js';
export { WebhooksModule } from './webhooks.module.js';
