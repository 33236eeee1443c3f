import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BUILT } from './support/installation.js';
import { pidFileOf, postmasterOf, until } from './support/postmaster.js';
import { isAlive, listProcesses } from './support/processes.js';
import { chownTree, Sandbox } from './support/sandbox.js';
import { createTemplate } from './support/template.js';

const TIMEOUT_MS = 60_000;

describe('a lock file that an earlier server left', () => {
  const shared = new Sandbox();
  let template: string;
  let sandbox: Sandbox;
  let bystander: ChildProcess | undefined;

  beforeAll(async () => {
    template = await createTemplate(shared);
  }, TIMEOUT_MS);
  beforeEach(() => {
    sandbox = new Sandbox();
    sandbox.copyCluster(template);
  });
  afterEach(async () => {
    bystander?.kill('SIGKILL');
    bystander = undefined;
    await sandbox.dispose();
  }, TIMEOUT_MS);
  afterAll(async () => shared.dispose(), TIMEOUT_MS);

  const owner = (): { uid: number; gid: number } => lstatSync(template);

  /** Runs a program as the user of the cluster: PostgreSQL takes the pids of other users for unrelated anyway. */
  const runAsOwner = (file: string, args: readonly string[]): number => {
    const identity = process.getuid?.() === 0 ? { uid: owner().uid, gid: owner().gid } : {};
    bystander = spawn(file, args, { ...identity, cwd: '/', stdio: 'ignore' });
    return bystander.pid ?? Number.NaN;
  };

  const leaveLockFile = (pid: number): void => {
    const lines = [pid, sandbox.directory, 1_700_000_000, 5432, `${sandbox.directory}.sock`, '', '', 'ready   '];
    writeFileSync(pidFileOf(sandbox.directory), `${lines.join('\n')}\n`, { mode: 0o600 });
    chownTree(pidFileOf(sandbox.directory), owner().uid, owner().gid);
  };

  it(
    'does not stop a start when its process is gone',
    async () => {
      leaveLockFile(4_194_304); // above the largest pid Linux and macOS give
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
    },
    TIMEOUT_MS,
  );

  it(
    'does not stop a start when its pid is now an unrelated program, which is not touched',
    async () => {
      const pid = runAsOwner('sleep', ['600']);
      leaveLockFile(pid);
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
      expect(postmasterOf(sandbox.directory)).not.toBe(pid);
      expect(isAlive(pid)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'does not stop a start when its process is a zombie that nobody reaps',
    async () => {
      const program = join(sandbox.root, 'bin-postgres');
      copyFileSync('/bin/true', program);
      const parent = runAsOwner('/bin/sh', ['-c', `${program} & exec sleep 600`]);
      const zombies = (): number[] =>
        listProcesses()
          .filter(({ parentPid, state }) => parentPid === parent && state.startsWith('Z'))
          .map(({ pid }) => pid);
      await until(() => zombies().length === 1, 'the zombie');
      leaveLockFile(zombies()[0] ?? Number.NaN);
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
      expect(zombies()).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  it(
    'does not stop a start when it is empty, as after a full disk',
    async () => {
      writeFileSync(pidFileOf(sandbox.directory), '');
      chownTree(pidFileOf(sandbox.directory), owner().uid, owner().gid);
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
    },
    TIMEOUT_MS,
  );

  it(
    'protects a server that somebody started by hand',
    async () => {
      const postgres = join(BUILT.packageDirectory, 'native', 'bin', 'postgres');
      const pid = runAsOwner(postgres, ['-D', sandbox.directory, '-c', 'unix_socket_directories=', '-c', 'fsync=off']);
      const isReady = (): boolean => {
        try {
          return postmasterOf(sandbox.directory) === pid;
        } catch {
          return false;
        }
      };
      await until(isReady, 'the server started by hand');
      await expect(sandbox.start().ready()).rejects.toThrow(`Process ${pid} runs a PostgreSQL server`);
      expect(isAlive(pid)).toBe(true);
      expect(postmasterOf(sandbox.directory)).toBe(pid);
      bystander?.kill('SIGINT');
      await until(() => !isAlive(pid), 'its end');
    },
    TIMEOUT_MS,
  );
});
