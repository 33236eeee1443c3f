import { codeOf } from '../../../kernel/errors/code-of.js';
import type { ServerRun } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { findServerProcesses, ownerOf } from './server-processes.js';
import { SUPERUSER } from './server-settings.js';

/** How often a server that somebody else owns is looked at, in milliseconds. */
const LOOK_INTERVAL_MS = 500;

/** The server another start owns, once it is ready. An orphan of a killed owner is not for joining: it is to end. */
export function joinServer(dataDirectory: string): ServerRun | undefined {
  const running = readPostmasterPid(dataDirectory);
  if (running?.status !== 'ready') return undefined;
  const postmaster = findServerProcesses(dataDirectory).find(({ pid }) => pid === running.pid);
  if (!postmaster || ownerOf(postmaster) !== postmaster.parentPid) return undefined;
  const { socketDirectory: host, port } = running;
  const watch = watchProcesses([postmaster.pid, postmaster.parentPid]);
  return {
    host,
    port,
    user: SUPERUSER,
    dataDirectory,
    owned: false,
    stop: () => Promise.resolve(watch.end()),
    ended: watch.ended.then(
      () => new EmbeddedPostgresError(`The PostgreSQL server that another process ran on ${dataDirectory} has ended.`),
    ),
  };
}

/** Resolves when one of the processes has ended, or the watch. Does not keep this process alive. */
function watchProcesses(pids: readonly number[]): { readonly ended: Promise<void>; end(): void } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (!pids.every(isAlive)) end();
  }, LOOK_INTERVAL_MS).unref();
  const end = (): void => {
    clearInterval(timer);
    resolve();
  };
  return { ended, end };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
