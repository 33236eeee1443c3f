import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Status {
  readonly status: string;
  readonly uptime_seconds: number;
  readonly components: readonly { name: string; status: string; uptime_percent: number | null }[];
  readonly incidents: readonly { component: string; since: string }[];
  readonly history: {
    readonly since: string;
    readonly uptime_percent: number;
    readonly days: readonly { date: string; uptime_percent: number | null }[];
  };
}

let database: TestDatabase;
const servers: TestServer[] = [];

function start(): Promise<TestServer> {
  return startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
}

function read(server = servers[0]) {
  return new Client(server?.url ?? '').get<Status>('/status', { headers: { accept: 'application/json' } });
}

/** The first samples are written when a server begins to listen. */
async function awaitSample(): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if ((await database.query('select 1 from health_samples')).length > 0) return;
    await sleep(50);
  }
  throw new Error('no sample was written');
}

beforeAll(async () => {
  database = await createDatabase();
  servers.push(...(await Promise.all([start(), start()])));
  await awaitSample();
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

describe('getStatus 200', () => {
  it('as JSON: every component works, nothing is an incident, up since the start', async () => {
    const { status, body, headers } = await read();
    expect(status).toBe(200);
    expect(headers.get('vary')).toContain('Accept');
    expect(body.status).toBe('operational');
    expect(body.components.map(({ name }) => name).toSorted()).toEqual(['api', 'clock', 'compression', 'database']);
    expect(body.components.every((component) => component.status === 'operational')).toBe(true);
    expect(body.incidents).toEqual([]);
    expect(body.uptime_seconds).toBeLessThan(60);
  });

  it.each([undefined, '*/*', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'])(
    'as a page for Accept: %s, without scripts and with nothing fetched from elsewhere',
    async (accept) => {
      const response = await fetch(`${servers[0]?.url}/status`, { headers: accept === undefined ? {} : { accept } });
      const html = await response.text();
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(html).toContain('All systems work');
      expect(html).toContain('prefers-color-scheme:dark');
      expect(html).not.toMatch(/<script|src=|href="(?!mailto:)/);
    },
  );

  it('is written down once a minute, by one of the processes', async () => {
    const rows = await database.query<{ failed: string[] }>('select failed from health_samples');
    // both have started within one minute, or on the two sides of its end
    expect(rows.length).toBeLessThanOrEqual(2);
    for (const { failed } of rows) expect(failed).toEqual([]);
  });

  it('tells the last 90 days from the samples: missing minutes and failures count, older rows do not', async () => {
    const now = Date.now();
    const today = now - (now % DAY_MS);
    await database.query(
      `insert into health_samples (minute, failed)
       select m, case when m < $1::timestamptz + interval '144 minutes' then array['compression'] else array[]::text[] end
         from generate_series($1::timestamptz, $2::timestamptz - interval '1 minute', interval '1 minute') m`,
      [new Date(today - 2 * DAY_MS), new Date(today - DAY_MS)],
    );
    await database.query("insert into health_samples (minute, failed) values ($1, '{}')", [
      new Date(today - 120 * DAY_MS),
    ]);
    const server = await start();
    servers.push(server);
    const { history, components } = (await read(server)).body;
    expect(history.since).toBe(`${new Date(today - 2 * DAY_MS).toISOString().slice(0, 19)}Z`);
    expect(history.days).toHaveLength(90);
    expect(history.days.at(-3)).toEqual({
      date: new Date(today - 2 * DAY_MS).toISOString().slice(0, 10),
      uptime_percent: 90,
    });
    expect(history.days.at(-2)?.uptime_percent).toBe(0);
    expect(history.days.at(-4)?.uptime_percent).toBeNull();
    const percent = (name: string) => components.find((component) => component.name === name)?.uptime_percent ?? -1;
    expect(percent('database')).toBeGreaterThan(percent('compression'));
    expect(percent('database')).toBeLessThan(100);
  });

  it('still answers when the database is gone, and says so', async () => {
    await database.drop();
    let body = (await read()).body;
    for (let i = 0; i < 60 && body.status === 'operational'; i++) {
      await sleep(250);
      ({ body } = await read());
    }
    expect(body.status).toBe('outage');
    expect(body.incidents.map(({ component }) => component)).toEqual(['database']);
    const page = await fetch(`${servers[0]?.url}/status`);
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('The service is down');
    expect(html).not.toMatch(/kindly_[0-9a-f]{12}|postgres/);
  }, 30_000);
});
