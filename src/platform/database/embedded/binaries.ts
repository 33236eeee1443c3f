import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { codeOf } from '../../../kernel/errors/code-of.js';

/** An installed set of PostgreSQL binaries: `bin/`, `lib/` and `share/` stand below `directory`. */
export interface Binaries {
  readonly directory: string;
  /** Major version as a cluster's PG_VERSION file spells it, for example `18`. */
  readonly majorVersion: string;
}

/** One entry of the package's `pg-symlinks.json`; both paths are relative to the package. */
interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

const ADVICE = 'Set DATABASE_URL to use a PostgreSQL server instead';

/**
 * Finds the binaries for this platform among the installed packages and completes their library links.
 * @throws EmbeddedPostgresError when there are none, or their links are missing and cannot be made.
 */
export function locateBinaries(platform = `${process.platform}-${process.arch}`): Binaries {
  // On Windows Node's `net` reaches named pipes only, not the Unix socket on which this server listens.
  if (platform.startsWith('win32'))
    throw new EmbeddedPostgresError(`There is no embedded PostgreSQL on Windows. ${ADVICE}.`);
  const packageDirectory = dirname(dirname(resolvePackage(`@embedded-postgres/${platform}`)));
  linkLibraries(packageDirectory);
  return { directory: join(packageDirectory, 'native'), majorVersion: majorVersionOf(packageDirectory) };
}

/** Path of a program of the set, for example `postgres`. */
export function programPath(binaries: Binaries, program: 'initdb' | 'postgres'): string {
  return join(binaries.directory, 'bin', program);
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL is installed for this platform (package ${name}). ${ADVICE}.`,
      { cause },
    );
  }
}

/**
 * npm packages hold no symbolic links, so the package makes them in its install script. Installations that skip such
 * scripts (`--ignore-scripts`, npm's allowScripts) lack them, and initdb then fails to find its libraries.
 */
function linkLibraries(packageDirectory: string): void {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of parseLinks(readFileSync(list, 'utf8'))) {
    const link = join(packageDirectory, target);
    if (!existsSync(link)) createLink(basename(source), link);
  }
}

function parseLinks(text: string): LibraryLink[] {
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.filter(isLibraryLink) : [];
}

function isLibraryLink(value: unknown): value is LibraryLink {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

function createLink(source: string, link: string): void {
  try {
    symlinkSync(source, link);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return;
    throw new EmbeddedPostgresError(
      `The library link ${link} is missing and cannot be made. Run "npm rebuild" as a user who may write there.`,
      { cause },
    );
  }
}

function majorVersionOf(packageDirectory: string): string {
  const manifest = readFileSync(join(packageDirectory, 'package.json'), 'utf8');
  return /"version":\s*"(\d+)\./.exec(manifest)?.[1] ?? '';
}
