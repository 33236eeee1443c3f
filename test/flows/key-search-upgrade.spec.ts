import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../support/administrators.ts';
import { runCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import type { Page } from '../support/pages.ts';
import { newKey, newPerson, type Person } from '../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';

const MIGRATION = '20261125-api-key-search';
const INDEXES = ['hint', 'name_trigram', 'revoked', 'quarantined', 'environment', 'wildcard', 'open', 'life'].map(
  (name) => `api_keys_${name}_index`,
);
let database: TestDatabase;
let server: TestServer;
let administrator: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** The database as it was before there were indexes for the search. */
async function forget(): Promise<void> {
  for (const index of INDEXES) await database.query(`drop index if exists ${index}`);
  await database.query('drop extension if exists pg_trgm');
  await database.query('delete from schema_migrations where name = $1', [MIGRATION]);
}

async function migrate() {
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  return runCommand(['migrate'], { ...TEST_SECRETS, ...environment });
}

async function indexes(): Promise<string[]> {
  const rows = await database.query<{ indexname: string }>(
    'select indexname from pg_indexes where indexname = any($1) order by indexname',
    [INDEXES],
  );
  return rows.map(({ indexname }) => indexname);
}

describe('a released database', () => {
  it('gets the indexes of the search, also where some were made beforehand, and its keys are found', async () => {
    const { client } = await newPerson(server.url);
    const { id } = await newKey(client, { name: 'Older than the indexes' });
    await forget();
    await database.query('create index api_keys_hint_index on api_keys (hint)');
    expect(await migrate()).toMatchObject({ exitCode: 0 });
    expect(await indexes()).toEqual(INDEXES.toSorted());
    const found = await administrator.client.get<Page<{ id: string }>>('/api/admin/keys?q=than%20the%20ind');
    expect(found.body.data).toMatchObject([{ id }]);
  });

  it('whose owner may not create pg_trgm gets the others, and the search works without it', async () => {
    const { client } = await newPerson(server.url);
    const { id } = await newKey(client, { name: 'No extension here' });
    await forget();
    await database.query(`revoke create on database ${database.name} from kindly_owner`);
    expect(await migrate()).toMatchObject({ exitCode: 0 });
    expect(await indexes()).toEqual(INDEXES.filter((name) => name !== 'api_keys_name_trigram_index').toSorted());
    const found = await administrator.client.get<Page<{ id: string }>>('/api/admin/keys?q=ension%20h');
    expect(found.body.data).toMatchObject([{ id }]);
  });
});
