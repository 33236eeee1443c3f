export { BatchedLookup } from './batched-lookup.js';
export { type DatabaseConnections, openDatabaseConnections } from './connections.js';
export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
export { exclusively } from './exclusively.js';
export { GroupCommit } from './group-commit.js';
export { type EntityList, ormOptions } from './orm-options.js';
export { beginRuntimeSession } from './runtime-session.js';
