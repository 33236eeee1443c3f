import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../kernel/errors/code-of.js';
import { ConfigError } from './config.js';

const FILE_NAME = 'secrets.json';
const secretsSchema = z.object({
  master_keys: z.array(z.string().min(32)).min(1),
  jwt_secrets: z.array(z.string().min(32)).min(1),
});

/** The secrets of a development installation, newest first. */
export interface DevelopmentSecrets {
  readonly masterKeys: readonly string[];
  readonly jwtSecrets: readonly string[];
}

/**
 * Reads the secrets of a data directory; makes them on the first start (mode 0600). Two processes that start together
 * end up with the same ones: the file appears whole, by a hard link, and the first link wins.
 */
export function developmentSecrets(dataDirectory: string): DevelopmentSecrets {
  const path = join(dataDirectory, FILE_NAME);
  try {
    return readSecrets(path) ?? createSecrets(dataDirectory, path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`KINDLY_DATA_DIR: ${dataDirectory} cannot be used (${codeOf(error) ?? 'unknown cause'})`]);
  }
}

function readSecrets(path: string): DevelopmentSecrets | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ConfigError([`${path}: is damaged; restore it, or start with another KINDLY_DATA_DIR`]);
  }
  return { masterKeys: parsed.data.master_keys, jwtSecrets: parsed.data.jwt_secrets };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function createSecrets(dataDirectory: string, path: string): DevelopmentSecrets {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o755 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const secrets = { master_keys: [newSecret()], jwt_secrets: [newSecret()] };
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const stored = readSecrets(path);
  if (!stored) throw new ConfigError([`${path}: could not be created`]);
  return stored;
}

function newSecret(): string {
  return randomBytes(32).toString('base64');
}
