import { spawnSync } from 'node:child_process';

/**
 * The identity PostgreSQL runs under; it refuses to run as root.
 * - `self`: this process's own user.
 * - `setuid`: another user, which only root can switch to.
 * - `user-namespace`: this process's own user, which a Linux user namespace shows to PostgreSQL under another id. It
 *   still owns its files and reaches what we reach by ownership (a directory of mode 0700), without root's powers.
 */
export type RunAs =
  | { readonly kind: 'self' }
  | { readonly kind: 'setuid' | 'user-namespace'; readonly uid: number; readonly gid: number };

/** What `child_process` needs to start a command under an identity. */
export interface IdentifiedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly credentials: { readonly uid?: number; readonly gid?: number };
}

/** Wraps a command so that it runs under an identity. */
export function commandAs(runAs: RunAs, [file, ...args]: readonly [string, ...string[]]): IdentifiedCommand {
  if (runAs.kind === 'self') return { file, args, credentials: {} };
  if (runAs.kind === 'setuid') return { file, args, credentials: { uid: runAs.uid, gid: runAs.gid } };
  const mapping = ['--user', `--map-user=${runAs.uid}`, `--map-group=${runAs.gid}`];
  return { file: 'unshare', args: [...mapping, '--', file, ...args], credentials: {} };
}

/** Who must own the files on disk for PostgreSQL to find itself their owner; undefined leaves them as we create them. */
export function fileOwner(runAs: RunAs): { readonly uid: number; readonly gid: number } | undefined {
  if (runAs.kind === 'setuid') return { uid: runAs.uid, gid: runAs.gid };
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/**
 * Whether an identity can be taken on here, and may enter these directories and execute these files. Tried in a child
 * instead of computed from mode bits: the kernel also weighs access lists, capabilities and security modules.
 */
export function canReach(runAs: RunAs, paths: readonly string[]): boolean {
  const check = 'for path; do [ -x "$path" ] || exit 1; done';
  const { file, args, credentials } = commandAs(runAs, ['/bin/sh', '-c', check, 'sh', ...paths]);
  return spawnSync(file, args, { ...credentials, cwd: '/', stdio: 'ignore' }).status === 0;
}
