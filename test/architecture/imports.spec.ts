import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const directories: string[] = [];

/** The names of the rules that a tree breaks, each once. */
async function brokenRules(directory: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [CRUISER, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    { cwd: directory, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number };
  };
  expect(summary.totalCruised).toBeGreaterThan(1);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))];
}

/** A small tree with the project's own rules. */
function plant(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-imports-'));
  directories.push(directory);
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(join(ROOT, name), join(directory, name));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

describe('imports', () => {
  it('go from modules to platform to kernel, in platform to lower layers, between modules along the arrows, through index.ts, without a cycle', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [CRUISER, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
      { cwd: ROOT },
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toContain('no dependency violations found');
  }, 60_000);

  it.each([
    ['kernel-is-pure', { 'src/kernel/a.ts': "import '../platform/b.js';", 'src/platform/b.ts': 'export {};' }],
    ['kernel-is-pure', { 'src/kernel/a.ts': "import 'node:fs';", 'src/kernel/b.ts': "import './a.js';" }],
    [
      'platform-below-modules',
      { 'src/platform/a.ts': "import '../modules/users/index.js';", 'src/modules/users/index.ts': 'export {};' },
    ],
    [
      'modules-below-app',
      { 'src/modules/users/a.ts': "import '../../bootstrap.js';", 'src/bootstrap.ts': 'export {};' },
    ],
    ['module-index', { 'src/modules/auth/a.ts': "import '../users/b.js';", 'src/modules/users/b.ts': 'export {};' }],
    [
      'module-arrows-users',
      { 'src/modules/users/a.ts': "import '../auth/index.js';", 'src/modules/auth/index.ts': 'export {};' },
    ],
    ['no-cycle', { 'src/kernel/a.ts': "import './b.js';", 'src/kernel/b.ts': "import './a.js';" }],
    [
      'platform-layer-database',
      { 'src/platform/database/a.ts': "import '../events/index.js';", 'src/platform/events/index.ts': 'export {};' },
    ],
    [
      'platform-index',
      { 'src/platform/events/a.ts': "import '../database/b.js';", 'src/platform/database/b.ts': 'export {};' },
    ],
    [
      'platform-index-from-above',
      {
        'src/modules/users/a.ts': "import '../../platform/database/b.js';",
        'src/platform/database/b.ts': 'export {};',
      },
    ],
    ['known-layer', { 'src/platform/misc/a.ts': "import './b.js';", 'src/platform/misc/b.ts': 'export {};' }],
    ['known-module', { 'src/modules/misc/a.ts': "import './b.js';", 'src/modules/misc/b.ts': 'export {};' }],
  ] as const)(
    'a planted violation of %s is found',
    async (rule, files) => {
      expect(await brokenRules(plant(files))).toContain(rule);
    },
    30_000,
  );
});
