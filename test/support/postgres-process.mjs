// Runs an embedded PostgreSQL in a process of its own, for specs that stop and start one: argument 1 is the directory.
import { startEmbeddedPostgres } from '../../dist/platform/database/embedded/index.js';

const server = await startEmbeddedPostgres({ directory: process.argv[2] });
process.on('message', (message) => {
  if (message === 'stop') void server.stop().then(() => process.exit(0));
});
process.send({ host: server.host });
