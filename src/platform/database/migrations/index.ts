import { Migration20261124Foundation } from './20261124-foundation.js';
import { Migration20261124Webhooks } from './20261124-webhooks.js';

/** Every migration, in the order in which they are applied; a name never changes once it has been released. */
export const MIGRATIONS = [
  { name: '20261124-foundation', class: Migration20261124Foundation },
  { name: '20261124-webhooks', class: Migration20261124Webhooks },
] as const;
