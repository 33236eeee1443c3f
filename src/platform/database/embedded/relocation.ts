import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';

// Root alone can write here, and every user can enter.
const SYSTEM_DIRECTORY = '/var/lib/kindly-api';
const BINARIES_PREFIX = 'postgres-binaries-';

/** Where the cluster for `directory` goes when no unprivileged user can reach that. */
export function relocatedDirectory(directory: string): string {
  return join(SYSTEM_DIRECTORY, digest(directory, 12), 'postgres');
}

/** Copies the binaries below `parent` unless that copy exists, and removes copies of earlier versions. */
export async function copyBinaries(binaries: Binaries, parent: string): Promise<Binaries> {
  const { mtimeMs } = statSync(binaries.directory);
  const name = `${BINARIES_PREFIX}${digest(`${binaries.directory}:${mtimeMs}`, 8)}`;
  const directory = join(parent, name);
  if (!existsSync(directory)) {
    const unfinished = `${directory}.copying`;
    rmSync(unfinished, { recursive: true, force: true });
    await cp(binaries.directory, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, directory);
  }
  for (const other of readdirSync(parent)) {
    if (other.startsWith(BINARIES_PREFIX) && other !== name)
      rmSync(join(parent, other), { recursive: true, force: true });
  }
  return { ...binaries, directory };
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
