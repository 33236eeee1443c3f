export { BatchedLookup } from './batched-lookup.js';
export {
  type DatabaseConnections,
  EMBEDDED_DATABASE,
  embeddedDirectory,
  embeddedUrl,
  openDatabaseConnections,
} from './connections.js';
export { DatabaseStartError } from './database-start-error.js';
export { DatabaseClock } from './database-clock.js';
export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
export { exclusively } from './exclusively.js';
export { GroupCommit } from './group-commit.js';
export { isItemFault, settleEach } from './item-fault.js';
export { ListenConnection } from './listen-connection.js';
export { LISTEN_URL } from './listen-url.js';
export { MIGRATIONS } from './migrations/index.js';
export { type EntityList, MIGRATIONS_TABLE, ormOptions } from './orm-options.js';
export { requirePreparedStatements } from './require-prepared-statements.js';
export { RUNTIME_ROLE } from './runtime-role.js';
export { beginRuntimeSession } from './runtime-session.js';
export { isUnavailable } from './unavailable.js';
