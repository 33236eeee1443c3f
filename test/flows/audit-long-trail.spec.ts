import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runCommand, type CommandResult } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRETS } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// A trail is checked page by page, so that no statement is long: what is wrong on a later page must not be overlooked.

const LENGTH = 12_000;

/** A trail as the application would have written it, from what its documentation says of the chain. */
const WRITE_TRAIL = `
  do $$
  declare
    link bytea := decode(repeat('00', 32), 'hex');
    e audit.events;
  begin
    for n in 1..${LENGTH} loop
      insert into audit.events (id, occurred_at, type, data)
      values (('018cf2b8-3c00-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '2024-01-08T12:00:00.123Z', 'login.failed',
              jsonb_build_object('n', n))
      returning * into e;
      link := sha256(link || sha256(convert_to(jsonb_build_array(
        e.id, (extract(epoch from e.occurred_at) * 1000)::bigint, e.type, e.owner_id, e.actor_kind, e.actor_id,
        e.actor_user_id, e.ip, e.request_id, e.data)::text, 'UTF8')));
      insert into audit.chain (sequence, event_id, occurred_at, hash) values (n, e.id, e.occurred_at, link);
    end loop;
  end $$`;

let database: TestDatabase;
const directory = temporaryDirectory();

beforeAll(async () => {
  database = await createDatabase();
  await database.query(WRITE_TRAIL);
}, 60_000);
afterAll(() => database.drop());

function verify(): Promise<CommandResult> {
  return runCommand(['audit', 'verify'], {
    ...TEST_SECRETS,
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    KINDLY_DATA_DIR: directory,
  });
}

it('is found intact to its end', async () => {
  expect((await verify()).output).toContain(`intact: ${LENGTH} rows, head ${LENGTH} `);
}, 30_000);

it('is found out for an inserted row on its last page', async () => {
  const id = '018cf2b8-3c00-7000-8000-999999999999';
  await database.query(
    `insert into audit.events (id, occurred_at, type, data) values ('${id}', '2024-01-08', 'api_key.revoked', '{}')`,
  );
  const { exitCode, output } = await verify();
  expect(output).toContain(`damaged (inserted): row outside of the chain, event ${id}`);
  expect(exitCode).toBe(1);
  await database.query(`delete from audit.events where id = '${id}'`);
}, 30_000);

it('is found out for a row that takes the id of another at a page’s edge', async () => {
  const [edge] = await database.query<{ event_id: string }>('select event_id from audit.chain where sequence = 5000');
  const id = edge?.event_id ?? '';
  await database.query(
    `insert into audit.events (id, occurred_at, type, data) values ('${id}', '2025-01-08', 'api_key.revoked', '{}')`,
  );
  expect((await verify()).output).toContain(`damaged (inserted): row outside of the chain, event ${id}`);
  await database.query(`delete from audit.events where id = '${id}' and occurred_at = '2025-01-08'`);
}, 30_000);

it('is found out for an edited row on a later page', async () => {
  await database.query(
    `update audit.events set data = '{}' where id = (select event_id from audit.chain where sequence = ${LENGTH - 1})`,
  );
  const { exitCode, output } = await verify();
  expect(output).toContain(`damaged (edited): row ${LENGTH - 1}`);
  expect(exitCode).toBe(1);
}, 30_000);
