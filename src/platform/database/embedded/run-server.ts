import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { ServerRun } from './embedded-postgres.js';
import { spawnGuarded, type GuardedProcess } from './guarded-process.js';
import type { Placement } from './placement.js';
import { readPostmasterPid } from './postmaster-pid.js';
import type { ServerLog } from './server-log.js';
import { PORT, serverArguments, SUPERUSER } from './server-settings.js';
import { createSocketDirectory, socketDirectoryOf } from './socket-directory.js';

/** What `runServer` needs besides the placement. */
export interface RunOptions {
  readonly settings: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly log: ServerLog;
}

const POLL_MS = 10;
const FAST_SHUTDOWN_MS = 15_000;

/**
 * Runs `postgres` on a cluster and resolves when it accepts connections.
 * @throws EmbeddedPostgresError when it ends first or is not ready by the deadline; it has ended then.
 */
export async function runServer(placement: Placement, options: RunOptions): Promise<ServerRun> {
  const { dataDirectory, binaries, runAs } = placement;
  const host = socketDirectoryOf(dataDirectory);
  createSocketDirectory(host, runAs);
  const command = serverArguments(dataDirectory, host, options.settings);
  const server = spawnGuarded(runAs, [programPath(binaries, 'postgres'), ...command], options.log.descriptor);
  await becomeReady(server, dataDirectory, options);
  server.unref();
  let stopped: Promise<void> | undefined;
  return {
    host,
    port: PORT,
    user: SUPERUSER,
    dataDirectory,
    owned: true,
    stop: () => (stopped ??= shutDown(server)),
    ended: server.ended.then(
      (status) => new EmbeddedPostgresError(`PostgreSQL has ended, status ${status}.\n${options.log.tail()}`),
    ),
  };
}

async function becomeReady(server: GuardedProcess, dataDirectory: string, options: RunOptions): Promise<void> {
  while (!isReady(server, dataDirectory)) {
    if (server.exitCode() !== undefined) {
      throw new EmbeddedPostgresError(`PostgreSQL ended at once, status ${server.exitCode()}.\n${options.log.tail()}`);
    }
    if (Date.now() > options.deadline) {
      await shutDown(server);
      throw new EmbeddedPostgresError(`PostgreSQL was not ready in time.\n${options.log.tail()}`);
    }
    await sleep(POLL_MS);
  }
}

function isReady(server: GuardedProcess, dataDirectory: string): boolean {
  const written = readPostmasterPid(dataDirectory);
  return written?.status === 'ready' && written.pid === server.pid;
}

/** Fast shutdown (SIGINT), and an immediate one (SIGQUIT, recovery at the next start) if that takes too long. */
async function shutDown(server: GuardedProcess): Promise<void> {
  server.ref();
  server.signal('SIGINT');
  const late = AbortSignal.timeout(FAST_SHUTDOWN_MS);
  const quit = (): void => server.signal('SIGQUIT');
  late.addEventListener('abort', quit, { once: true });
  await server.ended;
  late.removeEventListener('abort', quit);
}
