import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Path of a cluster's lock file. */
export function pidFileOf(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

/** Pid of the server that runs on a cluster. */
export function postmasterOf(cluster: string): number {
  return Number.parseInt(readFileSync(pidFileOf(cluster), 'utf8'), 10);
}

/** Resolves when a condition holds; rejects after 10 s. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; !condition(); attempt += 1) {
    if (attempt === 500) throw new Error(`not within 10 s: ${what}`);
    await sleep(20);
  }
}

/** Resolves when the server of a cluster has shut down and removed its lock file. */
export async function untilShutDown(cluster: string): Promise<void> {
  await until(() => !existsSync(pidFileOf(cluster)), `shutdown of ${cluster}`);
}
