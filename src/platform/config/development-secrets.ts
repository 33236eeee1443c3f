import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../kernel/errors/code-of.js';
import { ConfigError } from './config.js';

/** Name of the file in the data directory that keeps the generated secrets. */
export const SECRETS_FILE = 'secrets.json';
/** The generated secrets as their file has them. */
export const StoredSecrets = z.object({
  master_keys: z.array(z.string().min(32)).min(1),
  jwt_secrets: z.array(z.string().min(32)).min(1),
  rotated_at: z.iso.datetime().optional(),
});

/** The secrets of a development installation, newest first. */
export interface DevelopmentSecrets {
  readonly masterKeys: readonly string[];
  readonly jwtSecrets: readonly string[];
  /** When the newest became the newest, while a rotation is under way; null otherwise. */
  readonly rotatedAt: Date | null;
}

/**
 * Reads the secrets of a data directory; makes them on the first start (mode 0600). Two processes that start together
 * end up with the same ones: the file appears whole, by a hard link, and the first link wins.
 */
export function developmentSecrets(dataDirectory: string): DevelopmentSecrets {
  const path = join(dataDirectory, SECRETS_FILE);
  try {
    return readSecrets(path) ?? createSecrets(dataDirectory, path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`KINDLY_DATA_DIR: ${dataDirectory} cannot be used (${codeOf(error) ?? 'unknown cause'})`]);
  }
}

/** The secrets of a data directory as they are now; null: there are none, or they cannot be read. Makes none. */
export function findDevelopmentSecrets(dataDirectory: string): DevelopmentSecrets | null {
  try {
    return readSecrets(join(dataDirectory, SECRETS_FILE));
  } catch {
    return null;
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
  const parsed = StoredSecrets.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ConfigError([`${path}: is damaged; restore it, or start with another KINDLY_DATA_DIR`]);
  }
  return fromStored(parsed.data);
}

/** Reads the form of the file. */
export function fromStored(stored: z.infer<typeof StoredSecrets>): DevelopmentSecrets {
  const { master_keys: masterKeys, jwt_secrets: jwtSecrets, rotated_at: rotatedAt } = stored;
  return { masterKeys, jwtSecrets, rotatedAt: rotatedAt === undefined ? null : new Date(rotatedAt) };
}

/** The form of the file. */
export function toStored({ masterKeys, jwtSecrets, rotatedAt }: DevelopmentSecrets): z.infer<typeof StoredSecrets> {
  return {
    master_keys: [...masterKeys],
    jwt_secrets: [...jwtSecrets],
    ...(rotatedAt && { rotated_at: rotatedAt.toISOString() }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Replaces the secrets of a data directory. The file is whole at every moment: a process that dies here leaves the old
 * one or the new one. Callers take turns by themselves.
 */
export function replaceDevelopmentSecrets(dataDirectory: string, secrets: DevelopmentSecrets): void {
  const path = join(dataDirectory, SECRETS_FILE);
  renameSync(writeDraft(path, secrets), path);
}

/** A fresh secret of 32 random bytes. */
export function newSecret(): string {
  return randomBytes(32).toString('base64');
}

function createSecrets(dataDirectory: string, path: string): DevelopmentSecrets {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o755 });
  const draft = writeDraft(path, { masterKeys: [newSecret()], jwtSecrets: [newSecret()], rotatedAt: null });
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

function writeDraft(path: string, secrets: DevelopmentSecrets): string {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(toStored(secrets), null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return draft;
}
