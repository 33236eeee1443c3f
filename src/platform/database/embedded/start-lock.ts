import { existsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { types } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { codeOf } from '../../../kernel/errors/code-of.js';

/** The right to start and own the server of one data directory; the operating system takes it back when we die. */
export interface StartLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes the lock, or answers undefined when a living process (this one included) holds it.
 *
 * A file that names its owner can be stale, and two processes that clear a stale one race each other. The kernel's
 * record locks have neither problem, and SQLite is the way to them that Node's own library offers: an exclusive
 * transaction on an empty file. Nothing is ever written to it.
 * @throws EmbeddedPostgresError when the file is not ours to open, or its file system has no locks.
 */
export function tryStartLock(file: string): StartLock | undefined {
  createOnce(file);
  const database = openDatabase(file);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw cannotLock(file, error);
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

function openDatabase(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw cannotLock(file, error);
  }
}

function cannotLock(file: string, cause: unknown): EmbeddedPostgresError {
  const reason = types.isNativeError(cause) ? cause.message : String(cause);
  return new EmbeddedPostgresError(`${file} cannot be opened and locked by this user: ${reason}.`, { cause });
}

// Never opens an existing file: closing any descriptor of a file drops the record locks its process holds on it.
function createOnce(file: string): void {
  if (existsSync(file)) return;
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function isBusy(error: unknown): boolean {
  return types.isNativeError(error) && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
