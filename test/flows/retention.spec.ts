import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCommand } from '../support/cli.ts';
import { createDatabase, runSql, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { runRetention } from '../support/retention.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';

// what is due every hour is left for some time by a server that has just started
jest.setTimeout(120_000);

const DAY = 86_400_000;
const STATS_DAYS = 10;

let database: TestDatabase;
let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createDatabase();
  environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    COMPRESSION_STATS_RETENTION_DAYS: String(STATS_DAYS),
  };
  server = await startServer(environment, 'worker');
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Records an event of an age, dispatched or not. @returns its id */
async function recordEvent(ageDays: number, isDispatched: boolean): Promise<string> {
  const hex = (Date.now() - ageDays * DAY).toString(16).padStart(12, '0');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8000-0000000000${isDispatched ? '01' : '02'}`;
  await database.query(
    `insert into outbox_events (id, type, owner_id, actor, occurred_at, data, dispatched_at)
     values ($1, 'user.locked', gen_random_uuid(), '{}', now(), '{}', $2)`,
    [id, isDispatched ? new Date() : null],
  );
  return id;
}

/** Adds a delivery of an event, with one attempt. */
async function addDelivery(eventId: string, endpointId: string): Promise<void> {
  await database.query(
    `with made as (
       insert into webhook_deliveries (id, endpoint_id, event_id, event_type, sequence, status, attempts, created_at)
       values (gen_random_uuid(), $2, $1, 'user.locked', 1, 'delivered', 1, now()) returning id)
     insert into webhook_attempts (delivery_id, number, started_at, outcome) select id, 1, now(), 'delivered' from made`,
    [eventId, endpointId],
  );
}

/** Events of which there is a delivery with its attempt; and attempts of which there is no delivery. */
async function delivered(): Promise<{ events: readonly string[]; strays: number }> {
  const rows = await database.query<{ event_id: string | null }>(
    'select d.event_id from webhook_attempts a left join webhook_deliveries d on d.id = a.delivery_id order by 1',
  );
  const events = rows.flatMap(({ event_id }) => event_id ?? []);
  return { events, strays: rows.length - events.length };
}

/** A row of each kind that is just within its time, or just past it. */
function rowsOf(name: 'old' | 'kept', userId: string): string {
  const ago = (days: number): string => `now() - interval '${name === 'old' ? days + 1 : days - 1} days'`;
  return `
    insert into sessions (id, user_id, created_at, last_seen_at, user_agent, expires_at, refresh_jti, refresh_secret_id,
                          refresh_issued_at, refresh_expires_at)
    values (gen_random_uuid(), '${userId}', now(), now(), '${name}', now(), gen_random_uuid(), '', now(), ${ago(7)});
    insert into known_networks (user_id, network, last_seen_at) values ('${userId}', '${name}', ${ago(180)});
    insert into login_failures (kind, subject, scope, failed_at, locks, updated_at, user_id)
    values ('password', '${name}', 'account', '{}', 0, ${ago(2)}, '${userId}');
    insert into quota_usage (counter_id, period, window_start, used, granted)
    values (gen_random_uuid(), 'month', ${ago(32)}, 1, 1);
    insert into mfa_factors (id, user_id, secret_sealed, created_at, activated_at)
    values ('${userId}', '${userId}', 'v1', now() - interval '1 year', now()) on conflict do nothing;
    insert into mfa_step_ups (session_id, factor_id, expires_at) values (gen_random_uuid(), '${userId}', ${ago(0)})`;
}

/** The hours of usage that are left. */
async function bucketsLeft(table: 'usage_hours' | 'compression_usage'): Promise<Date[]> {
  await runRetention(database);
  const rows = await database.query<{ bucket: Date }>(`select bucket from ${table}`);
  return rows.map(({ bucket }) => bucket);
}

function countRows(userId: string) {
  return database.query<{ name: string; rows: number }>(
    `select 'known_networks' as name, count(*)::int as rows from known_networks where user_id = $1
     union all select 'login_failures', count(*)::int from login_failures where user_id = $1
     union all select 'mfa_step_ups', count(*)::int from mfa_step_ups where factor_id = $1
     union all select 'quota_usage', count(*)::int from quota_usage
     union all select 'sessions', count(*)::int from sessions where user_id = $1 order by 1`,
    [userId],
  );
}

describe('the retention', () => {
  it('erases dispatched events of more than 30 days with their deliveries, and no others', async () => {
    const old = await recordEvent(31, true);
    const recent = await recordEvent(29, true);
    await addDelivery(old, randomUUID());
    await addDelivery(recent, randomUUID());
    await runRetention(database);
    expect(await database.query('select 1 from outbox_events where id = $1', [old])).toHaveLength(0);
    expect(await database.query('select 1 from outbox_events where id = $1', [recent])).toHaveLength(1);
    expect(await delivered()).toEqual({ events: [recent], strays: 0 });
    // nothing that is done fails for want of a right
    expect(server.output()).not.toMatch(/"level":"(warn|error)"/);
  });

  it('erases webhooks that were deleted more than 30 days ago with their deliveries, and no others', async () => {
    await database.query('delete from webhook_deliveries');
    await database.query('delete from webhook_attempts');
    const [old, kept] = [31, 29].map((days) => ({ id: randomUUID(), deletedAt: new Date(Date.now() - days * DAY) }));
    for (const { id, deletedAt } of [old, kept].filter((webhook) => webhook !== undefined)) {
      await database.query(
        `insert into webhook_endpoints (id, owner_id, url, events, secret_sealed, created_at, deleted_at, disabled_at)
         values ($1, gen_random_uuid(), 'https://hooks.example.com/', '{*}', '', now(), $2, $2)`,
        [id, deletedAt],
      );
      await addDelivery(id, id);
    }
    await runRetention(database);
    expect(await database.query('select 1 from webhook_endpoints where id = $1', [old?.id])).toHaveLength(0);
    expect(await database.query('select 1 from webhook_endpoints where id = $1', [kept?.id])).toHaveLength(1);
    expect(await delivered()).toEqual({ events: [kept?.id], strays: 0 });
  });

  it('erases hours of usage of more than 91 days, and no others', async () => {
    const hours = [92, 80].map((days) => new Date(Date.now() - days * DAY));
    await database.query(
      `insert into usage_hours (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
       select gen_random_uuid(), 'status', hour, gen_random_uuid(), '200', 'api_key', 1, 0 from unnest($1::timestamptz[]) hour`,
      [hours],
    );
    expect(await bucketsLeft('usage_hours')).toEqual([hours[1]]);
  });

  it('erases statistics of compression that are older than COMPRESSION_STATS_RETENTION_DAYS, and no others', async () => {
    const hours = [STATS_DAYS + 1, STATS_DAYS - 1].map((days) => new Date(Date.now() - days * DAY));
    await database.query(
      `insert into compression_usage
       select gen_random_uuid(), hour, gen_random_uuid(), 'zstd', 'compress', 1, 2, 1 from unnest($1::timestamptz[]) hour`,
      [hours],
    );
    expect(await bucketsLeft('compression_usage')).toEqual([hours[1]]);
  });

  it('erases what can no longer let anybody in, and nothing that still does', async () => {
    const [user] = await database.query<{ id: string }>(
      `insert into users (id, email, email_key, name, password_hash, created_at)
       values (gen_random_uuid(), 'a@example.com', 'a@example.com', 'A', '', now()) returning id`,
    );
    const names = ['old', 'kept'] as const;
    for (const name of names) await database.query(rowsOf(name, user?.id ?? ''));
    await runRetention(database);
    expect(await countRows(user?.id ?? '')).toEqual(
      ['known_networks', 'login_failures', 'mfa_step_ups', 'quota_usage', 'sessions'].map((name) => ({
        name,
        rows: 1,
      })),
    );
    expect(await database.query("select user_agent from sessions where user_agent in ('old', 'kept')")).toEqual([
      { user_agent: 'kept' },
    ]);
  });

  it('does each due run in one process of all', async () => {
    await database.query(
      `create table runs (name text, ran_at timestamptz);
       create function note_run() returns trigger language plpgsql security definer as $$
         begin insert into runs values (new.name, new.ran_at); return null; end $$;
       create trigger note_run after update on retention_runs for each row
         when (new.ran_at <> '-infinity') execute function note_run()`,
    );
    const runs = async (name: string) => {
      const rows = await database.query<{ ms: number }>(
        'select extract(epoch from ran_at)::float8 * 1000 as ms from runs where name = $1 order by 1',
        [name],
      );
      return rows.map(({ ms }) => ms);
    };
    const others = await Promise.all([startServer(environment, 'worker'), startServer(environment, 'worker')]);
    await runRetention(database);
    // of what comes every two seconds each process has had its chance again and again
    await eventually(async () => (await runs('spent_nonces')).length >= 8, 40_000);
    await Promise.all(others.map((other) => other.stop()));
    // made due twice, done twice: three processes were there to take it
    expect(await runs('usage_hours')).toHaveLength(2);
    expect(others.map((other) => other.output())).not.toContainEqual(expect.stringMatching(/"level":"(warn|error)"/));
  });
});

describe('a released database that has the schema of a job queue', () => {
  it('loses it in the migration, and gets a table that the runtime role writes', async () => {
    const released = await createDatabase();
    try {
      await released.query(
        `drop table retention_runs;
         delete from schema_migrations where name = '20261125-retention-runs';
         create schema pgboss authorization kindly_owner;
         set role kindly_owner;
         create table pgboss.queue (name text primary key);
         create table pgboss.job (id uuid, name text references pgboss.queue) partition by list (name);
         create table pgboss.job_common partition of pgboss.job default;
         create function pgboss.create_queue(queue text) returns void language sql as $$ select $$;
         insert into pgboss.queue values ('row-retention');
         grant usage on schema pgboss to kindly_runtime;
         grant select on all tables in schema pgboss to kindly_runtime`,
      );
      const urls = { DATABASE_URL: released.runtimeUrl, DATABASE_MIGRATION_URL: released.ownerUrl };
      expect(await runCommand(['migrate'], { ...TEST_SECRETS, ...urls })).toMatchObject({ exitCode: 0 });
      expect(await released.query("select to_regnamespace('pgboss') as schema")).toEqual([{ schema: null }]);
      const asRuntime = "set role kindly_runtime; insert into retention_runs values ('a', now()) returning name";
      expect(await runSql(released.runtimeUrl, asRuntime)).toEqual([{ name: 'a' }]);
    } finally {
      await released.drop();
    }
  });
});
