import { type Config, readConfig } from '../platform/config/index.js';
import { BackupError } from '../platform/database/backup/index.js';
import { EmbeddedPostgresError } from '../platform/database/embedded/index.js';

/** Runs a command that works on files of the embedded database alone; what an operator can mend ends it with a sentence. */
export async function onEmbeddedDatabase(
  positionals: readonly string[],
  work: (config: Config, file: string) => Promise<void>,
): Promise<number> {
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) return fail('Name one file.', 2);
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  if (config.databaseUrl !== null) {
    return fail(
      'DATABASE_URL is set, and this is for the embedded database: use pg_dump, or what your provider offers.',
    );
  }
  try {
    await work(config, file);
    return 0;
  } catch (error) {
    if (isOperators(error)) return fail(error.message);
    throw error;
  }
}

function isOperators(error: unknown): error is Error {
  if (error instanceof BackupError || error instanceof EmbeddedPostgresError) return true;
  // the file system's own words name the file
  return error instanceof Error && 'syscall' in error;
}

function fail(message: string, exitCode = 1): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
