import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { postmasterPidFile, readPostmasterPid, type PostmasterPid } from './postmaster-pid.js';
import { findServerProcesses, ownerOf, type ServerProcess } from './server-processes.js';
import { codeOf } from '../../../kernel/errors/code-of.js';

const POLL_MS = 25;

/**
 * Frees a data directory of what a killed owner left there: a server that is still shutting down or that nobody told
 * to, backends that outlived their postmaster, and a lock file that PostgreSQL would take for a living server's.
 * The caller holds the start lock, so the server has no owner.
 * @throws EmbeddedPostgresError when the server is not one of ours, or does not end by `deadline` (ms since the epoch).
 */
export async function endOrphans(dataDirectory: string, deadline: number): Promise<void> {
  for (let isTold = false; ; await sleep(POLL_MS)) {
    const written = readPostmasterPid(dataDirectory);
    const processes = findServerProcesses(dataDirectory);
    if (processes.length === 0) return removeMisleadingPid(dataDirectory, written);
    if (Date.now() > deadline) throw stillRunning(dataDirectory, processes);
    const postmaster = processes.find(({ pid }) => pid === written?.pid);
    if (postmaster && !isTold) {
      refuseForeign(postmaster, dataDirectory);
      sendSignal(postmaster.pid, 'SIGINT');
      isTold = true;
    }
  }
}

function refuseForeign(postmaster: ServerProcess, dataDirectory: string): void {
  if (ownerOf(postmaster) !== undefined) return;
  throw new EmbeddedPostgresError(
    `Process ${postmaster.pid} runs a PostgreSQL server on ${dataDirectory} that this application did not start. Stop it first.`,
  );
}

/**
 * PostgreSQL removes a lock file whose process is gone, after checking that no backend holds the shared memory it
 * names. It refuses to start when that pid is alive, even as a zombie or as an unrelated program: only then it is
 * ours to remove. `stale` was read before its process was looked for, and is removed only if it is still there: a server
 * that its killed owner had only just launched may write its own in between.
 */
function removeMisleadingPid(dataDirectory: string, stale: PostmasterPid | undefined): void {
  if (!stale || readPostmasterPid(dataDirectory)?.pid !== stale.pid) return;
  const isMisleading = !(stale.pid > 0) || sendSignal(stale.pid, 0);
  if (isMisleading) rmSync(postmasterPidFile(dataDirectory), { force: true });
}

/** False when there is no such process. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

function stillRunning(dataDirectory: string, processes: readonly ServerProcess[]): EmbeddedPostgresError {
  const pids = processes.map(({ pid }) => pid).join(', ');
  return new EmbeddedPostgresError(`PostgreSQL processes of an earlier run still use ${dataDirectory}: ${pids}.`);
}
