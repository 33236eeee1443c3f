// Child program: starts the embedded PostgreSQL of a built installation and tells its parent over IPC what happens.
// Run by Node itself (types are stripped), so that a test can kill it like the real application.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ServerWatch } from '../../../src/platform/database/embedded/index.js';

type Embedded = typeof import('../../../src/platform/database/embedded/index.js');

const [entry = '', options = ''] = process.argv.slice(2);
// Keeps this process alive until its parent is gone; the server alone would not.
process.once('disconnect', () => process.exit());

const tell = (message: object): void => void process.send?.(message);

try {
  const { startEmbeddedPostgres }: Embedded = await import(pathToFileURL(entry).href);
  const watch: ServerWatch = {
    lost: (reason, attempt) => tell({ event: 'lost', reason: String(reason), attempt }),
    restored: () => tell({ event: 'restored' }),
    givenUp: (reason) => tell({ event: 'givenUp', reason: String(reason) }),
  };
  const server = await startEmbeddedPostgres({ ...JSON.parse(options), watch });
  const { host, port, user, dataDirectory, owned } = server;
  const stop = async (): Promise<void> => {
    await sleep(200); // an application drains its requests first, and needs the database for that
    const pidFile = join(dataDirectory, 'postmaster.pid');
    tell({ event: 'stopping', status: readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() });
    await Promise.all([server.stop(), server.stop()]);
    tell({ event: 'stopped' });
    process.disconnect();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  tell({ event: 'ready', server: { host, port, user, dataDirectory, owned } });
} catch (error) {
  tell({ event: 'failed', error: String(error) });
  process.disconnect();
}
