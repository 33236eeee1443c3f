import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyInstallation, copyWithoutBinaries } from './support/installation.js';
import { query } from './support/query.js';
import { Sandbox } from './support/sandbox.js';
import { createTemplate } from './support/template.js';

const TIMEOUT_MS = 60_000;

describe('where data and binaries may be', () => {
  const shared = new Sandbox();
  let template: string;
  let sandbox: Sandbox;

  beforeAll(async () => {
    template = await createTemplate(shared);
  }, TIMEOUT_MS);
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(async () => sandbox.dispose(), TIMEOUT_MS);
  afterAll(async () => shared.dispose(), TIMEOUT_MS);

  it.each([
    ['a path too long for a socket', 'd'.repeat(110)],
    ['a path with a comma, which separates socket directories', 'Data, 2026'],
  ])(
    'puts the socket into the temporary directory for %s',
    async (_what, name) => {
      const directory = join(sandbox.root, name, 'postgres');
      mkdirSync(join(sandbox.root, name));
      sandbox.copyCluster(template, directory);
      const server = await sandbox.start({ directory }).ready();
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      expect(server.dataDirectory).toBe(directory);
      expect(server.host).not.toContain(name);
      expect(lstatSync(server.host).mode & 0o777).toBe(0o700);
      rmSync(server.host, { recursive: true });
    },
    TIMEOUT_MS,
  );

  it(
    'works in a path with spaces and quotes',
    async () => {
      const directory = join(sandbox.root, "it's data", 'postgres');
      mkdirSync(join(sandbox.root, "it's data"));
      sandbox.copyCluster(template, directory);
      const server = await sandbox.start({ directory }).ready();
      expect(server.host).toBe(`${directory}.sock`);
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'closes a cluster directory that a restored copy left open to other users',
    async () => {
      sandbox.copyCluster(template);
      chmodSync(sandbox.directory, 0o755);
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
      expect(lstatSync(sandbox.directory).mode & 0o777).toBe(0o700);
    },
    TIMEOUT_MS,
  );

  it(
    'makes the library links that an installation without scripts lacks',
    async () => {
      const installation = copyInstallation(join(sandbox.root, 'app'));
      const libraries = join(installation.packageDirectory, 'native', 'lib');
      const links = readdirSync(libraries).filter((name) => lstatSync(join(libraries, name)).isSymbolicLink());
      for (const name of links) rmSync(join(libraries, name));
      const server = await sandbox.start({ installation }).ready();
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      for (const name of links) expect(lstatSync(join(libraries, name)).isSymbolicLink()).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'asks for DATABASE_URL when the platform has no binaries, and creates no cluster',
    async () => {
      const installation = copyWithoutBinaries(join(sandbox.root, 'app'));
      const failure = sandbox.start({ installation }).ready();
      await expect(failure).rejects.toThrow(/EmbeddedPostgresError: No embedded PostgreSQL .*Set DATABASE_URL/);
      expect(readdirSync(sandbox.root)).not.toContain('postgres');
    },
    TIMEOUT_MS,
  );
});
