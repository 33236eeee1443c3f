import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

let database: TestDatabase;
let server: TestServer;
let person: Person;
beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  person = await newPerson(server.url);
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
});

/** Has the database refuse new keys with a code of its own. */
async function refuseWith(sqlState: string): Promise<void> {
  await database.query(`
    create or replace function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'refused' using errcode = '${sqlState}'; end $$;
    create or replace trigger refuse before insert on api_keys for each row execute function refuse()`);
}

describe('what the database refuses for reasons of its own', () => {
  it.each([
    ['40001', 'a transaction given up for another one'],
    ['40P01', 'a deadlock'],
    ['57P03', 'a server that starts or stops'],
    ['25006', 'a server that has become a standby'],
    ['25P04', 'a transaction that took too long'],
    ['28P01', 'a password that is being replaced'],
    ['3D000', 'a database that is being restored'],
    ['53100', 'a full disk'],
    ['55P03', 'a lock that was not to be had'],
    ['58030', 'a disk that fails'],
  ])('is a request to come again, and nothing is stored: %s, %s', async (sqlState) => {
    await refuseWith(sqlState);
    const answer = await person.client.post('/api/keys', { name: sqlState });
    expect(answer).toMatchObject({ status: 503, body: { code: 'SRV_002' } });
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await database.query('select 1 from api_keys')).toEqual([]);
  });

  it('but a fault of the statement stays a fault of the server', async () => {
    await refuseWith('22012');
    expect(await person.client.post('/api/keys', { name: 'x' })).toMatchObject({ status: 500 });
    await database.query('drop trigger refuse on api_keys');
    expect((await person.client.post('/api/keys', { name: 'x' })).status).toBe(201);
  });
});
