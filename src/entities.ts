import { ApiKeySchema } from './modules/api-keys/index.js';
import { SessionSchema } from './modules/auth/index.js';
import { CompressionUsageSchema } from './modules/compression/index.js';
import { UserSchema } from './modules/users/index.js';
import { WebhookAttemptSchema, WebhookDeliverySchema, WebhookEndpointSchema } from './modules/webhooks/index.js';
import type { EntityList } from './platform/database/index.js';
import { OutboxEventSchema } from './platform/events/index.js';

/** Every table of the application. */
export const ENTITIES: EntityList = [
  UserSchema,
  SessionSchema,
  ApiKeySchema,
  CompressionUsageSchema,
  OutboxEventSchema,
  WebhookEndpointSchema,
  WebhookDeliverySchema,
  WebhookAttemptSchema,
];
