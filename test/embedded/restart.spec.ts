import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { postmasterOf, until } from './support/postmaster.js';
import { commandLinesNaming, isAlive } from './support/processes.js';
import { query } from './support/query.js';
import { Sandbox } from './support/sandbox.js';
import { createTemplate } from './support/template.js';

const TIMEOUT_MS = 60_000;
const WRITE = 'CREATE TABLE kept AS SELECT 42 AS answer';
const READ = 'SELECT answer FROM kept';
const KEPT = [{ answer: 42 }];

function serversOf(sandbox: Sandbox): string[] {
  return commandLinesNaming(`/postgres -D ${sandbox.directory}`);
}

describe('a server that dies under its application', () => {
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

  /** Kills the postmaster that nobody asked to end. */
  function killServer(): number {
    const pid = postmasterOf(sandbox.directory);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  it(
    'is started again by its owner, at the same place and with all that was committed',
    async () => {
      const owner = sandbox.start();
      const server = await owner.ready();
      await query(server, WRITE);
      const dead = killServer();
      await owner.restored();
      await expect(query(server, READ)).resolves.toEqual(KEPT);
      expect(postmasterOf(sandbox.directory)).not.toBe(dead);
      await owner.stop('SIGTERM');
      await until(() => commandLinesNaming(sandbox.root).length === 0, 'end of all processes');
    },
    TIMEOUT_MS,
  );

  it(
    'is found again by whoever joined it, and stays with its owner',
    async () => {
      const owner = sandbox.start();
      await query(await owner.ready(), WRITE);
      const guest = sandbox.start();
      const joined = await guest.ready();
      killServer();
      await Promise.all([owner.restored(), guest.restored()]);
      await expect(query(joined, READ)).resolves.toEqual(KEPT);
      await guest.stop('SIGTERM');
      await expect(query(joined, READ)).resolves.toEqual(KEPT);
    },
    TIMEOUT_MS,
  );

  // an application that goes on without its database would refuse every request and never be restarted
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'is taken over by whoever joined it when its owner ends by %s',
    async (signal) => {
      const owner = sandbox.start();
      await query(await owner.ready(), WRITE);
      const guest = sandbox.start();
      const joined = await guest.ready();
      if (signal === 'SIGKILL') await owner.kill();
      else await owner.stop(signal);
      await guest.restored();
      await expect(query(joined, READ)).resolves.toEqual(KEPT);
      await guest.stop('SIGTERM');
      await until(() => commandLinesNaming(sandbox.root).length === 0, 'end of all processes');
    },
    TIMEOUT_MS,
  );

  it(
    'is given up after five attempts, with the last lines of its log; and is nobody’s then',
    async () => {
      const owner = sandbox.start();
      await owner.ready();
      appendFileSync(join(sandbox.directory, 'postgresql.auto.conf'), 'no_such_setting = 1\n');
      killServer();
      const { reason, attempts } = await owner.givenUp();
      expect(attempts).toBe(5);
      expect(reason).toContain('unrecognized configuration parameter "no_such_setting"');
      expect(serversOf(sandbox)).toEqual([]);
      expect(isAlive(owner.pid)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'is given up as well when it starts every time, and dies each time at once',
    async () => {
      const owner = sandbox.start();
      await owner.ready();
      for (let time = 1; time <= 5; time += 1) {
        killServer();
        await owner.restored(time);
      }
      killServer();
      expect((await owner.givenUp()).attempts).toBe(5);
      await until(() => serversOf(sandbox).length === 0, 'end of its last processes');
    },
    TIMEOUT_MS,
  );

  it(
    'is not started again once the application stops, not even in the pause before an attempt',
    async () => {
      const owner = sandbox.start();
      await owner.ready();
      for (let time = 1; time <= 3; time += 1) {
        killServer();
        await owner.restored(time);
      }
      killServer();
      await owner.lost(4);
      owner.process.kill('SIGTERM');
      await until(() => !isAlive(owner.pid), 'end of the owner');
      expect(commandLinesNaming(sandbox.root)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
