import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import { locateBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import type { EmbeddedPostgres } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { endOrphans } from './end-orphans.js';
import { choosePlacement, findDataDirectory } from './placement.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { runServer } from './run-server.js';
import { openServerLog } from './server-log.js';
import { findServerProcesses, ownerOf } from './server-processes.js';
import { SUPERUSER } from './server-settings.js';
import { tryStartLock, type StartLock } from './start-lock.js';
import { codeOf } from '../../../kernel/errors/code-of.js';

/** How to start the embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  /** Directory of the cluster; it is created, and its parent takes the log, the lock and the socket directory. */
  readonly directory: string;
  /** Extra server settings, `name=value` as `postgres -c` takes them. */
  readonly settings?: readonly string[];
  /** Time for an earlier server to end and for this one to be ready, recovery included; 60 000 ms unless told. */
  readonly readyTimeoutMs?: number;
}

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 25;

/**
 * Starts the PostgreSQL server of a directory, or joins the one that already runs there. The server ends with this
 * process, even if that is killed.
 * @throws EmbeddedPostgresError when it cannot be started or is not ready in time.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  try {
    mkdirSync(dirname(directory), { recursive: true, mode: 0o755 });
    return await startOrJoin(directory, options);
  } catch (cause) {
    if (!types.isNativeError(cause) || codeOf(cause) === undefined) throw cause;
    throw new EmbeddedPostgresError(`${directory} cannot hold the embedded PostgreSQL: ${cause.message}.`, { cause });
  }
}

async function startOrJoin(directory: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const readyTimeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const lock = tryStartLock(`${directory}.lock`);
    if (lock) return startUnderLock(lock, directory, options.settings ?? [], deadline);
    const running = join(findDataDirectory(directory));
    if (running) return running;
    await sleep(POLL_MS);
  }
  throw new EmbeddedPostgresError(
    `Another process owns ${directory}, and its PostgreSQL was not ready within ${readyTimeoutMs} ms.`,
  );
}

/** The server another start owns, once it is ready. An orphan of a killed owner is not for joining: it is to end. */
function join(dataDirectory: string): EmbeddedPostgres | undefined {
  const running = readPostmasterPid(dataDirectory);
  if (running?.status !== 'ready') return undefined;
  const postmaster = findServerProcesses(dataDirectory).find(({ pid }) => pid === running.pid);
  if (!postmaster || ownerOf(postmaster) !== postmaster.parentPid) return undefined;
  const { socketDirectory: host, port } = running;
  return { host, port, user: SUPERUSER, dataDirectory, owned: false, stop: () => Promise.resolve() };
}

/** Only the holder of the lock changes the directory, which it keeps until its server has ended. */
async function startUnderLock(
  lock: StartLock,
  directory: string,
  settings: readonly string[],
  deadline: number,
): Promise<EmbeddedPostgres> {
  try {
    const placement = await choosePlacement(directory, locateBinaries());
    const log = openServerLog(`${placement.dataDirectory}.log`);
    try {
      await endOrphans(placement.dataDirectory, deadline);
      await ensureCluster(placement.dataDirectory, placement.binaries, placement.runAs, log);
      return await runServer(placement, { settings, deadline, log, onEnd: () => lock.release() });
    } finally {
      log.close();
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}
