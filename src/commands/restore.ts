import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import {
  type Config,
  findDevelopmentSecrets,
  fromStored,
  replaceDevelopmentSecrets,
  SECRETS_FILE,
  toStored,
} from '../platform/config/index.js';
import { BackupError, type BackupFile, openBackup, unpackTar } from '../platform/database/backup/index.js';
import { replaceCluster } from '../platform/database/embedded/index.js';
import { embeddedDirectory, MIGRATIONS } from '../platform/database/index.js';
import { onEmbeddedDatabase } from './embedded-only.js';

/** Puts the embedded database of a backup in place; nothing is touched unless the backup is whole and fits. */
export function restore(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { force: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  return onEmbeddedDatabase(positionals, async (config, file) => {
    const backup = await openBackup(file);
    refuseNewer(file, backup);
    const hasOtherSecrets = refuseOtherSecrets(config, backup, values.force);
    const { dataDirectory, formerDirectory } = await replaceCluster(
      { directory: embeddedDirectory(config.dataDirectory), isForced: values.force },
      (directory) => unpackTar(backup.archive(), directory),
    );
    say(`The database of ${backup.header.created_at} is in ${dataDirectory}.`);
    if (formerDirectory !== null) say(`The one before it is in ${formerDirectory}; remove it when you are content.`);
    restoreSecrets(config, backup, hasOtherSecrets);
  });
}

/** An older release would not know what to do with tables that it has no migration for. */
function refuseNewer(file: string, { header }: BackupFile): void {
  const known = new Set<string>(MIGRATIONS.map(({ name }) => name));
  const unknown = header.migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new BackupError(`${file} is of a newer release, which restores it (it has ${unknown.join(', ')}).`);
}

/** @returns whether there are secrets in the way, which are to be put aside */
function refuseOtherSecrets({ dataDirectory }: Config, { header }: BackupFile, isForced: boolean): boolean {
  const path = join(dataDirectory, SECRETS_FILE);
  if (!header.secrets || !existsSync(path)) return false;
  const present = findDevelopmentSecrets(dataDirectory);
  if (present && isDeepStrictEqual(toStored(present), header.secrets)) return false;
  if (isForced) return true;
  throw new BackupError(`${path} holds other secrets than the backup. To put them aside, add --force.`);
}

function restoreSecrets({ dataDirectory, masterKeys }: Config, { header }: BackupFile, hasOthers: boolean): void {
  const path = join(dataDirectory, SECRETS_FILE);
  if (!header.secrets) {
    if (masterKeys === null) say(`Before you start, put the ${SECRETS_FILE} that belongs to it into ${dataDirectory}.`);
    return;
  }
  if (hasOthers) {
    const aside = `${path}.before-restore-${Date.now()}`;
    renameSync(path, aside);
    say(`The secrets before are in ${aside}.`);
  }
  replaceDevelopmentSecrets(dataDirectory, fromStored(header.secrets));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
