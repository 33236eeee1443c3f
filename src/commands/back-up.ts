import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type Config, findDevelopmentSecrets, SECRETS_FILE, toStored } from '../platform/config/index.js';
import { BackupError, streamBaseBackup, writeBackup } from '../platform/database/backup/index.js';
import { hasClusterFor, startEmbeddedPostgres } from '../platform/database/embedded/index.js';
import { EMBEDDED_DATABASE, embeddedDirectory, embeddedUrl, exclusively } from '../platform/database/index.js';
import { onEmbeddedDatabase } from './embedded-only.js';
import { SECRETS_LOCK } from './rotate-secrets.js';

/** Copies the embedded database to a file, while servers use it or on its own. */
export function backUp(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { 'with-secrets': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  return onEmbeddedDatabase(positionals, async (config, file) => {
    const directory = embeddedDirectory(config.dataDirectory);
    if (!hasClusterFor(directory)) throw new BackupError(`There is no embedded database in ${directory}.`);
    const server = await startEmbeddedPostgres({ directory });
    try {
      const url = embeddedUrl(server, server.user, EMBEDDED_DATABASE);
      // secrets that change meanwhile would not be those of the copy
      const done = await exclusively(url, SECRETS_LOCK, () => copy(url, file, config, values['with-secrets']));
      if (done === undefined) throw new BackupError('The secrets are being rotated. Try again when that has ended.');
      process.stdout.write(`${sentenceOf(config, file, values['with-secrets'])}\n`);
    } finally {
      await server.stop();
    }
  });
}

async function copy(url: string, file: string, { dataDirectory }: Config, withSecrets: boolean): Promise<true> {
  const secrets = withSecrets ? findDevelopmentSecrets(dataDirectory) : null;
  if (withSecrets && !secrets) throw new BackupError(`There are no generated secrets in ${dataDirectory}.`);
  const facts = {
    created_at: new Date().toISOString(),
    secrets: secrets && toStored(secrets),
    ...(await describe(url)),
  };
  await streamBaseBackup(url, (archive) => writeBackup(file, facts, archive));
  return true;
}

async function describe(url: string): Promise<{ postgres_version: string; migrations: string[] }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const version = await client.query<{ server_version: string }>('show server_version');
    const applied = await client.query<{ name: string }>('select name from schema_migrations order by id');
    return {
      postgres_version: version.rows[0]?.server_version ?? '',
      migrations: applied.rows.map(({ name }) => name),
    };
  } finally {
    await client.end();
  }
}

function sentenceOf({ masterKeys, dataDirectory }: Config, file: string, withSecrets: boolean): string {
  const mebibytes = (statSync(file).size / 1024 ** 2).toFixed(1);
  const made = `${file}: ${mebibytes} MiB.`;
  if (withSecrets) return `${made} It holds the secrets that open it: keep it as safe as them.`;
  const place = masterKeys === null ? join(dataDirectory, SECRETS_FILE) : 'KINDLY_MASTER_KEY';
  return `${made} What is sealed in it opens with ${place} only, which is not in it: keep a copy of that in another place.`;
}
