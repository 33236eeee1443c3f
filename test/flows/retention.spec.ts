import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { Jobs } from '../support/jobs.ts';
import { startServer, type TestServer } from '../support/server.ts';

const DAY = 86_400_000;
const STATS_DAYS = 10;

let database: TestDatabase;
let servers: TestServer[];
let jobs: Jobs;

beforeAll(async () => {
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    COMPRESSION_STATS_RETENTION_DAYS: String(STATS_DAYS),
  };
  servers = await Promise.all([startServer(environment, 'worker'), startServer(environment, 'worker')]);
  jobs = await Jobs.open(database);
});
afterAll(async () => {
  await jobs.close();
  await Promise.all(servers.map((server) => server.stop()));
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

/** The hours of usage that are left after the job. */
async function bucketsLeft(table: 'usage_hours' | 'compression_usage'): Promise<Date[]> {
  await jobs.run('row-retention');
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

describe('the jobs that are due at certain hours', () => {
  it('are on the schedule, once for all processes', async () => {
    const schedules = await eventually(async () => {
      const rows = await database.query<{ name: string; cron: string }>(
        'select name, cron from pgboss.schedule order by 1',
      );
      return rows.length >= 3 && rows;
    }, 40_000);
    expect(schedules).toEqual(
      expect.arrayContaining([
        { name: 'outbox-retention', cron: '17 * * * *' },
        { name: 'row-retention', cron: '47 * * * *' },
        { name: 'webhook-retention', cron: '37 3 * * *' },
      ]),
    );
    expect(new Set(schedules.map(({ name }) => name)).size).toBe(schedules.length);
  });

  it('erase dispatched events of more than 30 days with their deliveries, and no others', async () => {
    const old = await recordEvent(31, true);
    const recent = await recordEvent(29, true);
    await addDelivery(old, randomUUID());
    await addDelivery(recent, randomUUID());
    await jobs.run('outbox-retention');
    expect(await database.query('select 1 from outbox_events where id = $1', [old])).toHaveLength(0);
    expect(await database.query('select 1 from outbox_events where id = $1', [recent])).toHaveLength(1);
    expect(await delivered()).toEqual({ events: [recent], strays: 0 });
    // nothing that the queue does fails for want of a right
    for (const server of servers) expect(server.output()).not.toMatch(/"level":"(warn|error)"/);
  });

  it('erase webhooks that were deleted more than 30 days ago with their deliveries, and no others', async () => {
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
    await jobs.run('webhook-retention');
    expect(await database.query('select 1 from webhook_endpoints where id = $1', [old?.id])).toHaveLength(0);
    expect(await database.query('select 1 from webhook_endpoints where id = $1', [kept?.id])).toHaveLength(1);
    expect(await delivered()).toEqual({ events: [kept?.id], strays: 0 });
  });

  it('erase hours of usage of more than 91 days, and no others', async () => {
    const hours = [92, 80].map((days) => new Date(Date.now() - days * DAY));
    await database.query(
      `insert into usage_hours (owner_id, dimension, bucket, credential_id, value, credential_kind, requests, errors)
       select gen_random_uuid(), 'status', hour, gen_random_uuid(), '200', 'api_key', 1, 0 from unnest($1::timestamptz[]) hour`,
      [hours],
    );
    expect(await bucketsLeft('usage_hours')).toEqual([hours[1]]);
  });

  it('erase statistics of compression that are older than COMPRESSION_STATS_RETENTION_DAYS, and no others', async () => {
    const hours = [STATS_DAYS + 1, STATS_DAYS - 1].map((days) => new Date(Date.now() - days * DAY));
    await database.query(
      `insert into compression_usage
       select gen_random_uuid(), hour, gen_random_uuid(), 'zstd', 'compress', 1, 2, 1 from unnest($1::timestamptz[]) hour`,
      [hours],
    );
    expect(await bucketsLeft('compression_usage')).toEqual([hours[1]]);
  });

  it('erase what can no longer let anybody in, and nothing that still does', async () => {
    const [user] = await database.query<{ id: string }>(
      `insert into users (id, email, email_key, name, password_hash, created_at)
       values (gen_random_uuid(), 'a@example.com', 'a@example.com', 'A', '', now()) returning id`,
    );
    const names = ['old', 'kept'] as const;
    for (const name of names) await database.query(rowsOf(name, user?.id ?? ''));
    await jobs.run('row-retention');
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
});
