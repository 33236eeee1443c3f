import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newAdministrator } from '../support/administrators.ts';
import { chained, type Verdict } from '../support/audit.ts';
import type { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

// The chain is one line that all processes write to: a second leader, or one that dies halfway, could fork it, lose
// rows or write them twice.

const WRITERS = 32;
let database: TestDatabase;
let survivor: TestServer;
let victim: TestServer;
let administrator: Person;
let people: Person[];

beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  [survivor, victim] = await Promise.all([startServer(environment), startServer(environment)]);
  administrator = await newAdministrator(database, survivor.url);
  people = await Promise.all(Array.from({ length: 4 }, () => newPerson(survivor.url)));
}, 60_000);

afterAll(async () => {
  await survivor.stop();
  await database.drop();
});

/** Mints keys until told to stop, or until its server is gone. @returns the ids that were acknowledged */
async function write(client: Client, isOver: () => boolean): Promise<string[]> {
  const acknowledged: string[] = [];
  while (!isOver()) {
    try {
      const { status, body } = await client.post<{ id: string }>('/api/keys', { name: 'One of many' });
      if (status === 201) acknowledged.push(body.id);
    } catch {
      return acknowledged;
    }
  }
  return acknowledged;
}

it('loses nothing and forks nothing while 32 write at once and a process that chains is killed', async () => {
  let isOver = false;
  const writers = Array.from({ length: WRITERS }, (_, index) => {
    const client = people[index % people.length]?.client as Client;
    return write(index % 2 === 0 ? client : client.at(victim.url), () => isOver);
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await victim.kill();
  await new Promise((resolve) => setTimeout(resolve, 500));
  isOver = true;
  const acknowledged = (await Promise.all(writers)).flat();
  expect(acknowledged.length).toBeGreaterThan(WRITERS);
  const length = await chained(database);
  const rows = await database.query<{ key_id: string }>(
    "select data->>'key_id' as key_id from audit.events where type = 'api_key.created'",
  );
  const recorded = new Set(rows.map(({ key_id: id }) => id));
  expect(recorded.size).toBe(rows.length);
  expect(acknowledged.filter((id) => !recorded.has(id))).toEqual([]);
  // a row for each key and a key for each row: neither without the other
  const [keys] = await database.query<{ count: number }>('select count(*)::int from api_keys');
  expect(rows).toHaveLength(keys?.count ?? -1);
  const { body } = await administrator.client.get<Verdict>('/api/audit/verify');
  expect(body).toMatchObject({ valid: true, first_bad: null, head: { sequence: length } });
}, 60_000);

it('chains what comes after the death of the leader', async () => {
  const { body } = await (people[0] as Person).client.post<{ id: string }>('/api/keys', { name: 'Punctual' });
  await chained(database);
  const links = await database.query(
    `select 1 from audit.chain c join audit.events e on e.id = c.event_id where e.data->>'key_id' = $1`,
    [body.id],
  );
  expect(links).toHaveLength(1);
});
