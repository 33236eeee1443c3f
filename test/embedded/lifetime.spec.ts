import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pidFileOf, postmasterOf, until, untilShutDown } from './support/postmaster.js';
import { commandLinesNaming, isAlive, listProcesses } from './support/processes.js';
import { query } from './support/query.js';
import { Sandbox } from './support/sandbox.js';
import { createTemplate } from './support/template.js';

const TIMEOUT_MS = 60_000;
const WRITE = 'CREATE TABLE kept AS SELECT 42 AS answer';
const READ = 'SELECT answer FROM kept';
const RECOVERED = 'database system was not properly shut down';

describe('the end of a server and the next start', () => {
  const shared = new Sandbox();
  let template: string;
  let sandbox: Sandbox;

  beforeAll(async () => {
    template = await createTemplate(shared);
  }, TIMEOUT_MS);
  beforeEach(() => {
    sandbox = new Sandbox();
    sandbox.copyCluster(template);
  });
  afterEach(async () => sandbox.dispose(), TIMEOUT_MS);
  afterAll(async () => shared.dispose(), TIMEOUT_MS);

  const log = (): string => readFileSync(`${sandbox.directory}.log`, 'utf8');

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves the server to the application when %s hits the process group, and stops it cleanly',
    async (signal) => {
      const starter = sandbox.start();
      const server = await starter.ready();
      await query(server, WRITE);
      const { statusWhileStopping } = await starter.stop(signal);
      expect(statusWhileStopping).toBe('ready');
      expect(() => postmasterOf(sandbox.directory)).toThrow('ENOENT');
      expect(log()).toContain('database system is shut down');

      await expect(query(await sandbox.start().ready(), READ)).resolves.toEqual([{ answer: 42 }]);
      expect(log()).not.toContain(RECOVERED);
    },
    TIMEOUT_MS,
  );

  it(
    'ends the server cleanly, and its watchdog, when the owner is killed',
    async () => {
      const starter = sandbox.start();
      await query(await starter.ready(), WRITE);
      await starter.kill();
      await untilShutDown(sandbox.directory);
      await until(() => commandLinesNaming(sandbox.root).length === 0, 'end of all processes');
      expect(log()).toContain('database system is shut down');
    },
    TIMEOUT_MS,
  );

  it(
    'starts anew at once after the owner was killed',
    async () => {
      const starter = sandbox.start();
      await query(await starter.ready(), WRITE);
      await starter.kill();
      const server = await sandbox.start().ready();
      expect(server.owned).toBe(true);
      await expect(query(server, READ)).resolves.toEqual([{ answer: 42 }]);
      expect(log()).not.toContain(RECOVERED);
    },
    TIMEOUT_MS,
  );

  it(
    'recovers when owner and postmaster were killed, and never joins the dead server',
    async () => {
      const starter = sandbox.start();
      await query(await starter.ready(), WRITE);
      process.kill(postmasterOf(sandbox.directory), 'SIGKILL');
      await starter.kill();
      expect(readFileSync(pidFileOf(sandbox.directory), 'utf8')).toContain('ready');

      const servers = await Promise.all([sandbox.start(), sandbox.start()].map(async (next) => next.ready()));
      expect(servers.filter(({ owned }) => owned)).toHaveLength(1);
      for (const server of servers) await expect(query(server, READ)).resolves.toEqual([{ answer: 42 }]);
      expect(log()).toContain(RECOVERED);
    },
    TIMEOUT_MS,
  );

  it(
    'ends an orphan that has lost owner and watchdog, and joins it never, not even while it is slow to end',
    async () => {
      const starter = sandbox.start();
      await query(await starter.ready(), WRITE);
      const orphan = postmasterOf(sandbox.directory);
      const watchdog = listProcesses().find(({ args }) => args.includes('kill -INT') && args.includes(sandbox.root));
      process.kill(watchdog?.pid ?? Number.NaN, 'SIGKILL');
      await starter.kill();
      expect(isAlive(orphan)).toBe(true);

      process.kill(orphan, 'SIGSTOP');
      const ready = [sandbox.start(), sandbox.start()].map(async (next) => next.ready());
      try {
        await expect(Promise.race([...ready, sleep(1_000, 'neither')])).resolves.toBe('neither');
      } finally {
        process.kill(orphan, 'SIGCONT');
      }

      const servers = await Promise.all(ready);
      expect(isAlive(orphan)).toBe(false);
      expect(servers.filter(({ owned }) => owned)).toHaveLength(1);
      for (const server of servers) await expect(query(server, READ)).resolves.toEqual([{ answer: 42 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'keeps the server when one that joined it stops, and ends it with its owner',
    async () => {
      const owner = sandbox.start();
      await owner.ready();
      const guest = sandbox.start();
      const joined = await guest.ready();
      expect(joined.owned).toBe(false);
      await guest.stop('SIGTERM');
      await expect(query(joined, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      await owner.stop('SIGTERM');
      await expect(query(joined, 'SELECT 1')).rejects.toThrow('ENOENT');
    },
    TIMEOUT_MS,
  );

  it(
    'reports what PostgreSQL printed when it ends at once, and can start again',
    async () => {
      const failure = sandbox.start({ settings: ['no_such_setting=1'] }).ready();
      await expect(failure).rejects.toThrow(
        /EmbeddedPostgresError: PostgreSQL ended at once[^]*unrecognized configuration parameter "no_such_setting"/,
      );
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
    },
    TIMEOUT_MS,
  );

  it(
    'leaves no server behind when it was not ready in time',
    async () => {
      await expect(sandbox.start({ readyTimeoutMs: 1 }).ready()).rejects.toThrow(/not ready|was not ready in time/);
      await until(() => commandLinesNaming(sandbox.root).length === 0, 'end of all processes');
      await expect(sandbox.start().ready()).resolves.toMatchObject({ owned: true });
    },
    TIMEOUT_MS,
  );
});
