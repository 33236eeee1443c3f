import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { locateBinaries, programPath } from './binaries.js';
import { refuseOtherVersion, unfinishedPrefix } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { giveTree } from './file-tree-owner.js';
import { spawnGuarded } from './guarded-process.js';
import { choosePlacement, type Placement } from './placement.js';
import { restoredDirectory } from './restored-directory.js';
import { fileOwner } from './run-as.js';
import { openServerLog } from './server-log.js';
import { findServerProcesses } from './server-processes.js';
import { tryStartLock } from './start-lock.js';

/** Where a cluster was put. */
export interface ClusterReplacement {
  readonly dataDirectory: string;
  /** Where the one before it was put aside; null: there was none. */
  readonly formerDirectory: string | null;
}

/**
 * Puts a cluster, which `fill` writes into an empty directory, in the place of a directory's own. A kill at any moment
 * leaves the old one or the new one. With `isForced` an old one is put aside, else it is not touched.
 * @throws EmbeddedPostgresError when a server runs there, an old one is in the way, or the new one is of another version
 */
export async function replaceCluster(
  where: { readonly directory: string; readonly isForced: boolean },
  fill: (directory: string) => Promise<void>,
): Promise<ClusterReplacement> {
  const directory = resolve(where.directory);
  mkdirSync(dirname(directory), { recursive: true, mode: 0o755 });
  const lock = tryStartLock(`${directory}.lock`);
  if (!lock) throw new EmbeddedPostgresError(`The application runs on ${directory}. Stop it first.`);
  try {
    const placement = await choosePlacement(directory, locateBinaries());
    refuseUnlessFree(placement.dataDirectory, where.isForced);
    await prepare(placement, fill);
    return swap(placement.dataDirectory);
  } finally {
    lock.release();
  }
}

function refuseUnlessFree(dataDirectory: string, isForced: boolean): void {
  if (findServerProcesses(dataDirectory).length > 0) {
    throw new EmbeddedPostgresError(`A PostgreSQL server runs on ${dataDirectory}. Stop it first.`);
  }
  if (isForced || isEmpty(dataDirectory)) return;
  throw new EmbeddedPostgresError(`${dataDirectory} is not empty. To put what is there aside, add --force.`);
}

/** Ends with the whole new cluster, safe on the disk, under the name by which a start would take it as well. */
async function prepare(placement: Placement, fill: (directory: string) => Promise<void>): Promise<void> {
  const { dataDirectory, binaries, runAs } = placement;
  // a start removes what a kill leaves under this name
  const unfinished = `${unfinishedPrefix(dataDirectory)}restore`;
  const restored = restoredDirectory(dataDirectory);
  for (const leftover of [unfinished, restored]) rmSync(leftover, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  try {
    await fill(unfinished);
    refuseOtherVersion(unfinished, binaries);
    const owner = fileOwner(runAs);
    if (owner) giveTree(unfinished, owner);
    await flush(unfinished, placement);
    renameSync(unfinished, restored);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** PostgreSQL's own way to write a data directory through to the disk. */
async function flush(directory: string, { dataDirectory, binaries, runAs }: Placement): Promise<void> {
  const log = openServerLog(`${dataDirectory}.log`);
  try {
    const command: [string, ...string[]] = [programPath(binaries, 'initdb'), '--sync-only', '-D', directory];
    if ((await spawnGuarded(runAs, command, log.descriptor).ended) === 0) return;
    throw new EmbeddedPostgresError(`The data could not be written to the disk.\n${log.tail()}`);
  } finally {
    log.close();
  }
}

function swap(dataDirectory: string): ClusterReplacement {
  const formerDirectory = isEmpty(dataDirectory) ? null : formerName(dataDirectory);
  if (formerDirectory === null) rmSync(dataDirectory, { recursive: true, force: true });
  else renameSync(dataDirectory, formerDirectory);
  renameSync(restoredDirectory(dataDirectory), dataDirectory);
  return { dataDirectory, formerDirectory };
}

/** A name that is not taken: `postgres.before-restore`, `….2`, and so on. */
function formerName(dataDirectory: string): string {
  const first = `${dataDirectory}.before-restore`;
  const taken = new Set(readdirSync(dirname(dataDirectory)));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? first : `${first}.${number}`;
    if (!taken.has(basename(name))) return join(dirname(dataDirectory), basename(name));
  }
}

function isEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}
