import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How a script is run. */
export interface PgbenchOrder {
  readonly url: string;
  readonly script: string;
  readonly connections: number;
  /** How statements are sent: as text each time, which is pgbench's own default, or prepared. */
  readonly protocol: 'simple' | 'prepared';
  readonly seconds: number;
}

/**
 * Transactions a second of a script, measured by pgbench.
 * Install it with: apt-get install -y postgresql-contrib (Debian, Ubuntu), brew install libpq (macOS)
 */
export async function pgbench({ url, script, connections, protocol, seconds }: PgbenchOrder): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-pgbench-'));
  try {
    const path = join(directory, 'script.sql');
    writeFileSync(path, script);
    const words = ['-n', '-M', protocol, '-c', String(connections), '-j', '2', '-T', String(seconds), '-f', path, url];
    const { stdout } = await promisify(execFile)('pgbench', words);
    const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
    if (rate === undefined) throw new Error(`pgbench said: ${stdout}`);
    return Number(rate);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
