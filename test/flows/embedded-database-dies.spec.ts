import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { keyStatus } from '../support/key-status.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const CACHING = 'verified principals are cached';
const RUNS_AGAIN = 'the embedded PostgreSQL runs again';

const directory = temporaryDirectory();
const environment = { KINDLY_DATA_DIR: directory, DATABASE_URL: '' };
const cluster = join(directory, 'postgres');
let server: TestServer;
let guest: TestServer;
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  server = await startServer(environment);
  guest = await startServer(environment);
  person = await newPerson(server.url);
  key = await newKey(person.client);
});
afterAll(async () => {
  await guest?.stop();
  await server?.stop();
});

function killPostgres(): void {
  process.kill(Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
}

function times(text: string, each: TestServer): number {
  return each.output().split(text).length - 1;
}

describe('when the embedded PostgreSQL is killed', () => {
  it('both processes that use it serve again by themselves, with everything that was acknowledged', async () => {
    await Promise.all([server, guest].map((each) => eventually(() => times(CACHING, each) === 1)));
    killPostgres();
    for (const each of [server, guest]) {
      await eventually(() => times(RUNS_AGAIN, each) === 1, 30_000);
      await eventually(async () => (await new Client(each.url).get('/health/ready')).status === 200, 30_000);
      expect(await keyStatus(each, key)).toBe(200);
    }
    expect((await person.client.post('/api/keys', { name: 'afterwards' })).status).toBe(201);
  });

  it('what is revoked after that is refused by both at once: they listen again', async () => {
    await Promise.all([server, guest].map((each) => eventually(() => times(CACHING, each) === 2, 30_000)));
    expect(await keyStatus(guest, key)).toBe(200);
    expect((await person.client.delete(`/api/keys/${key.id}`)).status).toBe(204);
    await eventually(async () => (await keyStatus(guest, key)) === 401);
    expect(await keyStatus(server, key)).toBe(401);
  });

  it('and cannot be started any more, both processes end, with the last lines of its log', async () => {
    appendFileSync(join(cluster, 'postgresql.auto.conf'), 'no_such_setting = 1\n');
    killPostgres();
    for (const each of [server, guest]) {
      expect(await each.ended).toBe(1);
      expect(each.output()).toContain('cannot go on: its embedded PostgreSQL has ended and does not start again');
      expect(each.output()).toContain('unrecognized configuration parameter "no_such_setting"');
    }
  });
});
