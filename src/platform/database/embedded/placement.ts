import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { programPath, type Binaries } from './binaries.js';
import { hasCluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { copyBinaries, relocatedDirectory } from './relocation.js';
import { canReach, type RunAs } from './run-as.js';
import { findUnprivilegedUser, type SystemUser } from './unprivileged-user.js';

/** Where the cluster and its binaries are, and who runs them. */
export interface Placement {
  readonly dataDirectory: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
}

/** Where the cluster for `directory` is: there, or where an earlier start as root had to put it. */
export function findDataDirectory(directory: string): string {
  const relocated = relocatedDirectory(directory);
  return !hasCluster(directory) && hasCluster(relocated) ? relocated : directory;
}

/** Whether there is a cluster for `directory`, here or where an earlier start had to put it. */
export function hasClusterFor(directory: string): boolean {
  return hasCluster(findDataDirectory(directory));
}

/**
 * Chooses an identity that PostgreSQL accepts and that reaches the data and the binaries. As root that is another user;
 * below a directory of mode 0700 (a home) that user is stopped, so then it is a user namespace, and where namespaces
 * are switched off, a copy in a system directory.
 * @throws EmbeddedPostgresError when there is none.
 */
export async function choosePlacement(directory: string, binaries: Binaries): Promise<Placement> {
  const dataDirectory = findDataDirectory(directory);
  const needs = [dirname(dataDirectory), programPath(binaries, 'postgres')];
  const runAs = candidates(dataDirectory).find((candidate) => candidate.kind === 'self' || canReach(candidate, needs));
  if (runAs) return { dataDirectory, binaries, runAs };
  return relocate(directory, dataDirectory, binaries);
}

function candidates(dataDirectory: string): RunAs[] {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasUserName()) return [{ kind: 'self' }];
  const user = findUnprivilegedUser();
  if (!isRoot) return [...asNamespace(user), { kind: 'self' }];
  const owner = clusterOwner(dataDirectory) ?? user;
  return [...(owner ? [{ kind: 'setuid' as const, ...owner }] : []), ...asNamespace(user)];
}

function asNamespace(user: SystemUser | undefined): RunAs[] {
  return user ? [{ kind: 'user-namespace', ...user }] : [];
}

/** The unprivileged owner of an existing cluster; it may have no name in a new container, and needs none. */
function clusterOwner(dataDirectory: string): SystemUser | undefined {
  if (!hasCluster(dataDirectory)) return undefined;
  const { uid, gid } = statSync(dataDirectory);
  return uid === 0 ? undefined : { uid, gid };
}

// initdb refuses to run under an id without a name, as some container platforms assign them.
function hasUserName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

async function relocate(directory: string, current: string, binaries: Binaries): Promise<Placement> {
  const relocated = relocatedDirectory(directory);
  const user = clusterOwner(relocated) ?? findUnprivilegedUser();
  if (!user) throw new EmbeddedPostgresError('PostgreSQL cannot run as root, and /etc/passwd names no user for it.');
  const runAs: RunAs = { kind: 'setuid', ...user };
  // Starting an empty cluster elsewhere would look as if all data were lost.
  if (current === directory && hasCluster(directory)) throw unreachable(current);
  makeEnterable(dirname(dirname(relocated)));
  makeEnterable(dirname(relocated));
  const copy = await copyBinaries(binaries, dirname(relocated));
  if (!canReach(runAs, [dirname(relocated), programPath(copy, 'postgres')])) throw unreachable(relocated);
  return { dataDirectory: relocated, binaries: copy, runAs };
}

// Whatever the umask: the other user must pass here.
function makeEnterable(directory: string): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
}

function unreachable(path: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `PostgreSQL cannot run as root, and no other user can reach ${path} and the installed packages. ` +
      'Open their parent directories to other users (chmod o+x), do not run as root, or set DATABASE_URL.',
  );
}
