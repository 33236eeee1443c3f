import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { programPath, type Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { giveTree } from './file-tree-owner.js';
import { spawnGuarded } from './guarded-process.js';
import { fileOwner, type RunAs } from './run-as.js';
import { finishRestore } from './restored-directory.js';
import type { ServerLog } from './server-log.js';
import { SUPERUSER } from './server-settings.js';

/** Whether a directory holds a PostgreSQL cluster of any version. */
export function hasCluster(dataDirectory: string): boolean {
  return existsSync(join(dataDirectory, 'PG_VERSION'));
}

/**
 * Makes sure the directory holds a cluster these binaries can open, owned by the identity that will run them.
 * @throws EmbeddedPostgresError when it holds another major version or other files, or when initdb fails.
 */
export async function ensureCluster(
  dataDirectory: string,
  binaries: Binaries,
  runAs: RunAs,
  log: ServerLog,
): Promise<void> {
  removeUnfinished(dataDirectory);
  finishRestore(dataDirectory, hasCluster(dataDirectory));
  if (!hasCluster(dataDirectory)) await createCluster(dataDirectory, binaries, runAs, log);
  refuseOtherVersion(dataDirectory, binaries);
  const owner = fileOwner(runAs);
  if (owner) giveTree(dataDirectory, owner);
  closeToOthers(dataDirectory);
}

// initdb works beside the final place and the result is renamed: a killed initdb never leaves half a cluster there.
async function createCluster(dataDirectory: string, binaries: Binaries, runAs: RunAs, log: ServerLog): Promise<void> {
  refuseForeignFiles(dataDirectory);
  const unfinished = `${unfinishedPrefix(dataDirectory)}${process.pid}-${Date.now()}`;
  mkdirSync(unfinished, { mode: 0o700 });
  const owner = fileOwner(runAs);
  if (owner) giveTree(unfinished, owner);
  const initdb = spawnGuarded(runAs, [programPath(binaries, 'initdb'), ...initdbArguments(unfinished)], log.descriptor);
  const code = await initdb.ended;
  if (code !== 0) {
    removeTree(unfinished);
    throw new EmbeddedPostgresError(
      `initdb failed with status ${code}. If this system cannot run PostgreSQL, set DATABASE_URL.\n${log.tail()}`,
    );
  }
  renameSync(unfinished, dataDirectory);
}

// The built-in C.UTF-8 locale gives UTF-8 and one sort order everywhere, whatever LANG and the system's locales are.
function initdbArguments(directory: string): string[] {
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = [`--username=${SUPERUSER}`, '--auth-local=trust', '--auth-host=reject'];
  return ['-D', directory, ...access, ...locale, '--no-instructions'];
}

/** How the names begin of directories that are not whole yet; each start removes them. */
export function unfinishedPrefix(dataDirectory: string): string {
  return `${dataDirectory}.init-`;
}

/** Removes what a killed initdb left. It may still be writing: what resists now goes at the next start. */
function removeUnfinished(dataDirectory: string): void {
  const prefix = basename(unfinishedPrefix(dataDirectory));
  const parent = dirname(dataDirectory);
  for (const name of readdirSync(parent)) if (name.startsWith(prefix)) removeTree(join(parent, name));
}

function removeTree(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // left for the next start
  }
}

// A copy of a cluster often has open modes, with which PostgreSQL does not start.
function closeToOthers(dataDirectory: string): void {
  if ((statSync(dataDirectory).mode & 0o077) !== 0) chmodSync(dataDirectory, 0o700);
}

function refuseForeignFiles(dataDirectory: string): void {
  if (!existsSync(dataDirectory) || readdirSync(dataDirectory).length === 0) return;
  throw new EmbeddedPostgresError(`${dataDirectory} holds files but no PostgreSQL cluster. Choose another directory.`);
}

/** @throws EmbeddedPostgresError when a cluster is of another major version than these binaries */
export function refuseOtherVersion(dataDirectory: string, { majorVersion }: Binaries): void {
  const found = readFileSync(join(dataDirectory, 'PG_VERSION'), 'utf8').trim();
  if (found === majorVersion) return;
  throw new EmbeddedPostgresError(
    `${dataDirectory} holds data of PostgreSQL ${found}, and the embedded server is PostgreSQL ${majorVersion}. ` +
      `Dump the data with version ${found} and restore it into an empty directory.`,
  );
}
