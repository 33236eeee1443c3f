import { ANALYTICS_SCHEMAS } from './modules/analytics/index.js';
import { ApiKeySchema, KeyProtectionSchema } from './modules/api-keys/index.js';
import { SessionSchema } from './modules/auth/index.js';
import { CompressionUsageSchema, DictionarySchema } from './modules/compression/index.js';
import { MFA_SCHEMAS } from './modules/mfa/index.js';
import { OAUTH_SCHEMAS } from './modules/oauth/index.js';
import { ServiceAccountKeySchema, ServiceAccountSchema } from './modules/service-accounts/index.js';
import { KnownNetworkSchema, LoginFailureSchema, UserSchema } from './modules/users/index.js';
import { WebhookAttemptSchema, WebhookDeliverySchema, WebhookEndpointSchema } from './modules/webhooks/index.js';
import { AccessPolicySchema } from './platform/access/index.js';
import type { EntityList } from './platform/database/index.js';
import { OutboxEventSchema } from './platform/events/index.js';
import { HealthSampleSchema } from './platform/status/index.js';
import { SpentNonceSchema } from './platform/signing/nonces/index.js';
import { IdempotencyKeySchema } from './platform/idempotency/index.js';
import {
  CredentialLastUseSchema,
  CredentialOriginSchema,
  CredentialUsageSchema,
  QuotaUsageSchema,
} from './platform/metering/index.js';
import { SealingCanarySchema } from './platform/sealing/index.js';

/** Every table of the application. */
export const ENTITIES: EntityList = [
  UserSchema,
  KnownNetworkSchema,
  LoginFailureSchema,
  SessionSchema,
  ...MFA_SCHEMAS,
  ApiKeySchema,
  KeyProtectionSchema,
  ...ANALYTICS_SCHEMAS,
  CompressionUsageSchema,
  DictionarySchema,
  ServiceAccountSchema,
  ServiceAccountKeySchema,
  ...OAUTH_SCHEMAS,
  SpentNonceSchema,
  OutboxEventSchema,
  WebhookEndpointSchema,
  WebhookDeliverySchema,
  WebhookAttemptSchema,
  AccessPolicySchema,
  HealthSampleSchema,
  IdempotencyKeySchema,
  CredentialUsageSchema,
  CredentialLastUseSchema,
  CredentialOriginSchema,
  QuotaUsageSchema,
  SealingCanarySchema,
];
