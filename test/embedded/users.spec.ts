import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyInstallation, type Installation } from './support/installation.js';
import { pidFileOf } from './support/postmaster.js';
import { query } from './support/query.js';
import { chownTree, Sandbox } from './support/sandbox.js';
import { createTemplate } from './support/template.js';

const TIMEOUT_MS = 60_000;
const NOBODY = 65_534;
const NAMELESS = 54_321; // no passwd entry names it
const WITHOUT_UNSHARE = { PATH: '/nonexistent' };

const isRoot = process.getuid?.() === 0;
const hasNamespaces = spawnSync('unshare', ['--user', '--map-user=1', 'true'], { stdio: 'ignore' }).status === 0;

interface Scene {
  readonly sandbox: Sandbox;
  readonly template: string;
  readonly installation: Installation;
}
type Row = readonly [name: string, run: (scene: Scene) => Promise<void>];

/** Owner of the running server, as its files show it. */
const ownerOf = (dataDirectory: string): number => lstatSync(pidFileOf(dataDirectory)).uid;

/** A data directory below a directory that only its owner, root, can enter. */
function closedDirectory({ sandbox }: Scene): string {
  const home = join(sandbox.root, 'home');
  mkdirSync(home, { mode: 0o700 });
  return join(home, 'data', 'postgres');
}

const anyUser: readonly Row[] = [
  [
    'as this user, with nothing in PATH',
    async ({ sandbox, template }) => {
      sandbox.copyCluster(template);
      const server = await sandbox.start({ env: WITHOUT_UNSHARE }).ready();
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    },
  ],
];

const asRoot: readonly Row[] = [
  [
    'as root: a new cluster belongs to another user, with no user-management tools in PATH',
    async ({ sandbox }) => {
      await sandbox.start({ env: WITHOUT_UNSHARE }).ready();
      expect(ownerOf(sandbox.directory)).not.toBe(0);
      expect(lstatSync(join(sandbox.directory, 'base')).uid).toBe(ownerOf(sandbox.directory));
    },
  ],
  [
    'as root: a cluster keeps its owner when that user has no name here, as in a new container',
    async ({ sandbox, template }) => {
      sandbox.copyCluster(template);
      chownTree(sandbox.directory, NAMELESS, NAMELESS);
      const server = await sandbox.start().ready();
      expect(ownerOf(sandbox.directory)).toBe(NAMELESS);
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    },
  ],
  [
    'as root: a cluster that root owns, as a restored copy may be, is given to another user',
    async ({ sandbox, template }) => {
      sandbox.copyCluster(template);
      chownTree(sandbox.directory, 0, 0);
      await sandbox.start({ env: WITHOUT_UNSHARE }).ready();
      expect(ownerOf(sandbox.directory)).not.toBe(0);
      expect(lstatSync(join(sandbox.directory, 'global', 'pg_control')).uid).toBe(ownerOf(sandbox.directory));
    },
  ],
  [
    'as root below a 0700 directory, without user namespaces: in a system directory, and there again next time',
    async (scene) => {
      const { sandbox } = scene;
      const directory = closedDirectory(scene);
      const first = sandbox.start({ directory, env: WITHOUT_UNSHARE });
      const server = await first.ready();
      try {
        expect(server.dataDirectory).toMatch(/^\/var\/lib\/kindly-api\/[0-9a-f]+\/postgres$/);
        await query(server, 'CREATE TABLE kept AS SELECT 42 AS answer');
        await first.stop('SIGTERM');
        const next = sandbox.start({ directory }); // namespaces may be there now: the data must not seem lost
        await expect(query(await next.ready(), 'SELECT answer FROM kept')).resolves.toEqual([{ answer: 42 }]);
        await next.stop('SIGTERM');
        expect(existsSync(directory)).toBe(false);
      } finally {
        rmSync(dirname(server.dataDirectory), { recursive: true, force: true });
        const system = dirname(dirname(server.dataDirectory));
        if (readdirSync(system).length === 0) rmdirSync(system);
      }
    },
  ],
  [
    'as root below a 0700 directory, without user namespaces: an existing cluster is refused, not replaced',
    async (scene) => {
      const directory = closedDirectory(scene);
      mkdirSync(dirname(directory));
      scene.sandbox.copyCluster(scene.template, directory);
      const failure = scene.sandbox.start({ directory, env: WITHOUT_UNSHARE }).ready();
      await expect(failure).rejects.toThrow(/EmbeddedPostgresError: .* no other user can reach .*DATABASE_URL/);
    },
  ],
  [
    'as root: what others planted in the temporary directory in place of the socket directory is refused',
    async ({ sandbox, template }) => {
      const directory = join(sandbox.root, 'd'.repeat(110), 'postgres');
      const temporary = join(sandbox.root, 'tmp');
      const target = join(sandbox.root, 'target');
      mkdirSync(dirname(directory));
      mkdirSync(temporary);
      mkdirSync(target);
      chmodSync(temporary, 0o1777);
      sandbox.copyCluster(template, directory);
      const options = { directory, env: { TMPDIR: temporary } };
      const first = sandbox.start(options);
      const { host } = await first.ready();
      expect(dirname(host)).toBe(temporary);
      await first.stop('SIGTERM');
      rmSync(host, { recursive: true });
      symlinkSync(target, host);
      await expect(sandbox.start(options).ready()).rejects.toThrow(`${host} is not a directory`);
      expect(lstatSync(target).uid).toBe(0);
      expect(readdirSync(target)).toEqual([]);
    },
  ],
  [
    'as a user other than root: a new cluster belongs to that user',
    async ({ sandbox, installation }) => {
      const directory = join(sandbox.root, 'own', 'postgres');
      mkdirSync(dirname(directory));
      chownTree(dirname(directory), NOBODY, NOBODY);
      const server = await sandbox.start({ directory, installation, uid: NOBODY }).ready();
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      expect(ownerOf(directory)).toBe(NOBODY);
    },
  ],
  [
    'as a user who may not write there: a sentence that names the directory',
    async ({ sandbox, installation }) => {
      const directory = join(sandbox.root, 'missing', 'postgres');
      const failure = sandbox.start({ directory, installation, uid: NOBODY }).ready();
      await expect(failure).rejects.toThrow(`EmbeddedPostgresError: ${directory} cannot hold the embedded PostgreSQL`);
    },
  ],
];

const asRootWithNamespaces: readonly Row[] = [
  [
    'as root with data below a 0700 directory: there, in a user namespace',
    async (scene) => {
      const directory = closedDirectory(scene);
      const server = await scene.sandbox.start({ directory }).ready();
      expect(server.dataDirectory).toBe(directory);
      expect(ownerOf(directory)).toBe(0);
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    },
  ],
  [
    'as root with data below a 0700 directory: another owner of the cluster is replaced',
    async (scene) => {
      const directory = closedDirectory(scene);
      mkdirSync(dirname(directory));
      scene.sandbox.copyCluster(scene.template, directory);
      const server = await scene.sandbox.start({ directory }).ready();
      expect(ownerOf(directory)).toBe(0);
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    },
  ],
  [
    'as root with the application below a 0700 directory: in a user namespace',
    async ({ sandbox, template, installation }) => {
      sandbox.copyCluster(template);
      chmodSync(dirname(installation.executable), 0o700);
      const server = await sandbox.start({ installation }).ready();
      chmodSync(dirname(installation.executable), 0o755);
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      expect(server.dataDirectory).toBe(sandbox.directory);
    },
  ],
  [
    'as a user without a passwd entry: in a user namespace that names it',
    async ({ sandbox, installation }) => {
      const directory = join(sandbox.root, 'own', 'postgres');
      mkdirSync(dirname(directory));
      chownTree(dirname(directory), NAMELESS, NAMELESS);
      const server = await sandbox.start({ directory, installation, uid: NAMELESS }).ready();
      await expect(query(server, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      expect(ownerOf(directory)).toBe(NAMELESS);
    },
  ],
];

// Only root can take on other users: elsewhere the list is shorter, and each name says what its row needs.
const rows = [...anyUser, ...(isRoot ? asRoot : []), ...(isRoot && hasNamespaces ? asRootWithNamespaces : [])];

describe('the user PostgreSQL runs as', () => {
  const shared = new Sandbox();
  let template: string;
  let installation: Installation;
  let sandbox: Sandbox;

  beforeAll(async () => {
    template = await createTemplate(shared);
    installation = copyInstallation(join(shared.root, 'app'));
  }, TIMEOUT_MS);
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(async () => sandbox.dispose(), TIMEOUT_MS);
  afterAll(async () => shared.dispose(), TIMEOUT_MS);

  it.each(rows)('%s', async (_name, run) => run({ sandbox, template, installation }), TIMEOUT_MS);
});
