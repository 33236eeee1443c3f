import { Migration20261125ApiKeySearch } from './20261125-api-key-search.js';
import { Migration20261124Analytics } from './20261124-analytics.js';
import { Migration20261124Administrators } from './20261124-administrators.js';
import { Migration20261124ApiKeys } from './20261124-api-keys.js';
import { Migration20261124Audit } from './20261124-audit.js';
import { Migration20261124CompressionRetention } from './20261124-compression-retention.js';
import { Migration20261124Foundation } from './20261124-foundation.js';
import { Migration20261124Idempotency } from './20261124-idempotency.js';
import { Migration20261124Mfa } from './20261124-mfa.js';
import { Migration20261124Retention } from './20261124-retention.js';
import { Migration20261124OutboxIndexes } from './20261124-outbox-indexes.js';
import { Migration20261124OAuth } from './20261124-oauth.js';
import { Migration20261124OAuthSigningKeys } from './20261124-oauth-signing-keys.js';
import { Migration20261124SignaturesAndServiceAccounts } from './20261124-signatures-and-service-accounts.js';
import { Migration20261124Sessions } from './20261124-sessions.js';
import { Migration20261124SessionUpdates } from './20261124-session-updates.js';
import { Migration20261124Dictionaries } from './20261124-dictionaries.js';
import { Migration20261125LiveSessions } from './20261125-live-sessions.js';
import { Migration20261124WebhookAttemptsOnce } from './20261124-webhook-attempts-once.js';
import { Migration20261124Webhooks } from './20261124-webhooks.js';
import { Migration20261125StandingKeys } from './20261125-standing-keys.js';
import { Migration20261125SealingCanary } from './20261125-sealing-canary.js';

/** Every migration, in the order in which they are applied; a name never changes once it has been released. */
export const MIGRATIONS = [
  { name: '20261124-foundation', class: Migration20261124Foundation },
  { name: '20261124-idempotency', class: Migration20261124Idempotency },
  { name: '20261124-api-keys', class: Migration20261124ApiKeys },
  { name: '20261124-signatures-and-service-accounts', class: Migration20261124SignaturesAndServiceAccounts },
  { name: '20261124-sessions', class: Migration20261124Sessions },
  { name: '20261124-mfa', class: Migration20261124Mfa },
  { name: '20261124-dictionaries', class: Migration20261124Dictionaries },
  { name: '20261124-webhooks', class: Migration20261124Webhooks },
  { name: '20261124-analytics', class: Migration20261124Analytics },
  { name: '20261124-audit', class: Migration20261124Audit },
  { name: '20261124-administrators', class: Migration20261124Administrators },
  { name: '20261124-retention', class: Migration20261124Retention },
  { name: '20261124-oauth', class: Migration20261124OAuth },
  { name: '20261124-session-updates', class: Migration20261124SessionUpdates },
  { name: '20261124-oauth-signing-keys', class: Migration20261124OAuthSigningKeys },
  { name: '20261124-compression-retention', class: Migration20261124CompressionRetention },
  { name: '20261124-webhook-attempts-once', class: Migration20261124WebhookAttemptsOnce },
  { name: '20261124-outbox-indexes', class: Migration20261124OutboxIndexes },
  { name: '20261125-standing-keys', class: Migration20261125StandingKeys },
  { name: '20261125-live-sessions', class: Migration20261125LiveSessions },
  { name: '20261125-sealing-canary', class: Migration20261125SealingCanary },
  { name: '20261125-api-key-search', class: Migration20261125ApiKeySearch },
] as const;
