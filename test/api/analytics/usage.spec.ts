import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { expectStatus, newKey, newPerson, type Person, type SessionBody } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** In the middle of a day, so that hours can be added without a new day. */
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS + 6 * HOUR_MS;

interface Entry {
  readonly time?: string;
  readonly credential_id?: string;
  readonly credential_kind?: string;
  readonly route?: string | null;
  readonly status?: number | null;
  readonly ip?: string | null;
  readonly requests: number;
  readonly errors: number;
}

interface Usage {
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly errors: number;
  readonly data: readonly Entry[];
}

let database: TestDatabase;
let servers: [TestServer, TestServer];
let person: Person;
let reader: Client;
const keyIds: string[] = [];

function start(): Promise<TestServer> {
  return startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    TRUSTED_PROXIES: '127.0.0.1',
  });
}

async function setClock(epochMs: number): Promise<void> {
  await Promise.all(servers.map((server) => server.setClock(epochMs)));
}

async function usage(query: string, client = reader): Promise<Usage> {
  return expectStatus(await client.get<Usage>(`/api/analytics/usage?${query}`), 200).body;
}

/** The seeded run: 2 keys, 2 processes, 2 hours of one day and 1 of the next. */
const RUN = [
  { hour: 0, key: 0, server: 0, count: 3, path: '/api/keys', ip: '203.0.113.1', status: 200 },
  { hour: 0, key: 1, server: 1, count: 2, path: '/api/keys', ip: '203.0.113.2', status: 200 },
  { hour: 1, key: 0, server: 1, count: 4, path: '/api/service-accounts', ip: '203.0.113.1', status: 403 },
  {
    hour: 24,
    key: 0,
    server: 0,
    count: 5,
    path: '/api/keys/018cf2b8-3c00-7000-8000-000000000000',
    ip: '203.0.113.3',
    status: 404,
  },
] as const;

beforeAll(async () => {
  database = await createDatabase();
  servers = await Promise.all([start(), start()]);
  await setClock(START);
  person = await newPerson(servers[0].url);
  const keys = [];
  for (let index = 0; index < 2; index++) keys.push(await newKey(person.client, { permissions: ['read:keys'] }));
  keyIds.push(...keys.map(({ id }) => id));
  for (const { hour, key, server, count, path, ip, status } of RUN) {
    await setClock(START + hour * HOUR_MS);
    for (let call = 0; call < count; call++) {
      const answer = await new Client(servers[server].url, { 'x-api-key': keys[key]?.key ?? '' }).get(path, {
        headers: { 'x-forwarded-for': ip },
      });
      expect(answer.status).toBe(status);
    }
  }
  // the token of two days ago has expired
  const { email, password } = person;
  const login = await new Client(servers[0].url).post<SessionBody>('/api/auth/login', { email, password });
  reader = new Client(servers[0].url).with({ bearer: expectStatus(login, 200).body.access_token });
  const counted =
    'select coalesce(sum(requests), 0)::int as n from usage_hours where dimension = $1 and credential_id = any($2)';
  await eventually(async () => (await database.query<{ n: number }>(counted, ['status', keyIds]))[0]?.n === 14);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

describe('usage', () => {
  const window = `from=${new Date(START).toISOString()}&to=${new Date(START + 25 * HOUR_MS).toISOString()}`;

  it('is told by key, the busiest first, and counts refused requests too', async () => {
    const { data } = await usage(`${window}&group_by=key`);
    expect(data.filter(({ credential_kind: kind }) => kind === 'api_key')).toEqual([
      { credential_id: keyIds[0], credential_kind: 'api_key', requests: 12, errors: 9 },
      { credential_id: keyIds[1], credential_kind: 'api_key', requests: 2, errors: 0 },
    ]);
  });

  it.each([
    [
      'route',
      [
        ['GET /api/keys/:id', 5, 5],
        ['GET /api/service-accounts', 4, 4],
        ['GET /api/keys', 3, 0],
      ],
    ],
    [
      'status',
      [
        [404, 5, 5],
        [403, 4, 4],
        [200, 3, 0],
      ],
    ],
    [
      'ip',
      [
        ['203.0.113.1', 7, 4],
        ['203.0.113.3', 5, 5],
      ],
    ],
  ] as const)('of one key is told by %s', async (group, expected) => {
    const { requests, errors, data } = await usage(`${window}&group_by=${group}&credential_id=${keyIds[0]}`);
    expect([requests, errors]).toEqual([12, 9]);
    expect(data).toEqual(expected.map(([name, count, failed]) => ({ [group]: name, requests: count, errors: failed })));
  });

  it('is told by hour and by day, and the days are the sums of the hours', async () => {
    const scope = `${window}&credential_id=${keyIds[0]}`;
    const printed = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
    expect((await usage(`${scope}&interval=hour`)).data.map(({ time, requests }) => [time, requests])).toEqual([
      [printed(START), 3],
      [printed(START + HOUR_MS), 4],
      [printed(START + DAY_MS), 5],
    ]);
    expect((await usage(`${scope}&interval=day`)).data.map(({ time, requests }) => [time, requests])).toEqual([
      [printed(START - 6 * HOUR_MS), 7],
      [printed(START - 6 * HOUR_MS + DAY_MS), 5],
    ]);
    const [sums] = await database.query<{ difference: string }>(
      `select count(*) as difference from
         (select owner_id, dimension, date_trunc('day', bucket, 'UTC') as day, credential_id, value, sum(requests) as r, sum(errors) as e
            from usage_hours group by 1, 2, 3, 4, 5) h
         full join usage_days d on d.owner_id = h.owner_id and d.dimension = h.dimension and d.bucket = h.day
                               and d.credential_id = h.credential_id and d.value = h.value
        where h.r is distinct from d.requests or h.e is distinct from d.errors`,
    );
    expect(sums?.difference).toBe('0');
  });

  it('has the same total over any cut of the time', async () => {
    const middle = new Date(START + HOUR_MS).toISOString();
    const [before, after] = [
      await usage(`from=${new Date(START).toISOString()}&to=${middle}&credential_id=${keyIds[0]}`),
      await usage(`from=${middle}&to=${new Date(START + 25 * HOUR_MS).toISOString()}&credential_id=${keyIds[0]}`),
    ];
    expect([before.requests, after.requests]).toEqual([3, 9]);
  });

  it('is the same as CSV', async () => {
    const answer = await reader.get(
      `/api/analytics/usage?${window}&group_by=route&interval=hour&credential_id=${keyIds[0]}&format=csv`,
    );
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('usage.csv');
    const lines = answer.text.trimEnd().split('\r\n');
    expect(lines[0]).toBe('time,route,requests,errors');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00Z,GET \/api\/keys,3,0$/);
  });

  it('is the owner’s own: a stranger sees nothing of it, not even by the key’s id', async () => {
    const stranger = await newPerson(servers[0].url);
    expect((await usage(`${window}&credential_id=${keyIds[0]}`, stranger.client)).requests).toBe(0);
  });

  it.each([
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
    ['group_by=user', 'group_by'],
    ['credential_id=1', 'credential_id'],
    ['from=2000-01-01T00:00:00Z&interval=hour', 'from'],
    ['since=1', 'since'],
  ])('refuses ?%s and names %s', async (query, field) => {
    const answer = await reader.get(`/api/analytics/usage?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
  });
});
