import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { fileOwner, type RunAs } from './run-as.js';
import { SOCKET_NAME } from './server-settings.js';

// sockaddr_un.sun_path with its closing NUL: 104 bytes on macOS, 108 on Linux. The smaller one holds everywhere.
const LONGEST_SOCKET_PATH = 103;

/**
 * Directory of the Unix socket: beside the data, or below the temporary directory when that path is too long for a
 * socket or has a character that separates or quotes entries of `unix_socket_directories`.
 */
export function socketDirectoryOf(dataDirectory: string): string {
  const beside = `${dataDirectory}.sock`;
  const length = Buffer.byteLength(join(beside, SOCKET_NAME));
  if (length <= LONGEST_SOCKET_PATH && !/[,"]/.test(beside)) return beside;
  const digest = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  return join(tmpdir(), `kindly-pg-${digest}`);
}

/**
 * Makes the directory anew, of mode 0700, for an identity; call it only when no server uses it. A temporary directory
 * is open to every user, so an existing entry is never trusted: what cannot be removed is refused.
 */
export function createSocketDirectory(path: string, runAs: RunAs): void {
  removeSocketDirectory(path);
  mkdirSync(path, { mode: 0o700 });
  chmodSync(path, 0o700);
  const owner = fileOwner(runAs);
  if (owner) chownSync(path, owner.uid, owner.gid);
}

function removeSocketDirectory(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isDirectory()) throw new EmbeddedPostgresError(`${path} is not a directory. Remove it and start again.`);
  rmSync(join(path, SOCKET_NAME), { force: true });
  rmSync(join(path, `${SOCKET_NAME}.lock`), { force: true });
  rmdirSync(path);
}
