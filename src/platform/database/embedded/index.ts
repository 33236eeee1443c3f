export { EmbeddedPostgresError } from './embedded-postgres-error.js';
export type { EmbeddedPostgres, ServerWatch } from './embedded-postgres.js';
export { hasClusterFor } from './placement.js';
export { type ClusterReplacement, replaceCluster } from './replace-cluster.js';
export { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './start-embedded-postgres.js';
