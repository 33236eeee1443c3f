export { WebhookAttemptSchema } from './webhook-attempt.entity.js';
export { WebhookDeliverySchema } from './webhook-delivery.entity.js';
export { WebhookEndpointSchema } from './webhook-endpoint.entity.js';
export { WebhooksModule } from './webhooks.module.js';
