import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const TOKEN = 'test-only-metrics-token-0123456789abcdef';

let database: TestDatabase;
let withToken: TestServer;
let withoutToken: TestServer;
let inProduction: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  [withToken, withoutToken, inProduction] = await Promise.all([
    startServer({ ...environment, METRICS_TOKEN: TOKEN }),
    startServer({ ...environment, TRUSTED_PROXIES: '127.0.0.9' }),
    startServer({
      ...environment,
      NODE_ENV: 'production',
      KINDLY_CLOCK: 'system',
      PUBLIC_URL: 'https://api.example.com',
    }),
  ]);
});

afterAll(async () => {
  await Promise.all([withToken, withoutToken, inProduction].map((server) => server.stop()));
  await database.drop();
});

function get(server: TestServer, headers: Record<string, string> = {}) {
  return new Client(server.url).get('/metrics', { headers, isDocumented: false });
}

/** The lines of a metric, without its comments. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

describe('metrics with a token', () => {
  it('are given to who sends it', async () => {
    const { status, headers, text } = await get(withToken, { authorization: `Bearer ${TOKEN}` });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
  });

  it.each([
    ['no token', {}, 'AUTH_008'],
    ['another token', { authorization: `Bearer ${TOKEN.replace('0', '1')}` }, 'AUTH_003'],
    ['a longer token', { authorization: `Bearer ${TOKEN}0` }, 'AUTH_003'],
    ['the token as a key', { 'x-api-key': TOKEN }, 'AUTH_008'],
    ['another scheme', { authorization: `Basic ${TOKEN}` }, 'AUTH_008'],
  ])('are refused to who sends %s, on this machine too', async (_what, headers, code) => {
    const answer = await get(withToken, headers);
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe(code);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.text).not.toContain('process_cpu');
  });
});

describe('metrics without a token', () => {
  it('are given to this machine', async () => {
    expect((await get(withoutToken)).status).toBe(200);
  });

  it.each([
    ['x-forwarded-for', '192.0.2.1'],
    ['x-forwarded-for', '127.0.0.1'],
    ['forwarded', 'for=192.0.2.1'],
  ])('do not exist for what a proxy has passed on (%s: %s)', async (name, value) => {
    const { status, body } = await get(withoutToken, { [name]: value });
    expect(status).toBe(404);
    expect(body.code).toBe('REQ_005');
  });

  it('do not exist in production', async () => {
    expect((await get(inProduction)).status).toBe(404);
    expect((await get(inProduction, { authorization: `Bearer ${TOKEN}` })).status).toBe(404);
  });
});

describe('what is measured', () => {
  it('is requests by route template, method and status, and never a path, an id or a query', async () => {
    const person = await newPerson(withToken.url);
    const { id } = await newKey(person.client);
    await person.client.get(`/api/keys/${id}`);
    await person.client.get(`/api/keys/${id}`);
    await person.client.get('/api/keys?limit=7');
    await new Client(withToken.url).get('/api/never-heard-of?token=secret', { isDocumented: false });
    const { text } = await get(withToken, { authorization: `Bearer ${TOKEN}` });
    const counts = linesOf(text, 'http_request_duration_seconds_count');
    expect(counts).toContain('http_request_duration_seconds_count{method="GET",route="/api/keys/:id",status="200"} 2');
    expect(counts).toContain('http_request_duration_seconds_count{method="POST",route="/api/keys",status="201"} 1');
    expect(counts).toContain('http_request_duration_seconds_count{method="GET",route="(none)",status="404"} 1');
    for (const raw of [id, 'never-heard-of', 'limit', 'secret', person.id]) expect(text).not.toContain(raw);
  });

  it('does not gain a series with each path that somebody makes up', async () => {
    const seriesOf = async () => {
      const { text } = await get(withToken, { authorization: `Bearer ${TOKEN}` });
      return linesOf(text, 'http_request_duration_seconds_count').length;
    };
    const client = new Client(withToken.url);
    await client.get('/api/made-up', { isDocumented: false });
    await client.get('/api/keys/made-up', { isDocumented: false });
    await seriesOf();
    const before = await seriesOf();
    for (let path = 0; path < 20; path++) {
      await client.get(`/api/made-up-${path}`, { isDocumented: false });
      await client.get(`/api/keys/made-up-${path}`, { isDocumented: false });
    }
    expect(await seriesOf()).toBe(before);
  });

  it('is the process, its event loop and the database pool', async () => {
    const { text } = await get(withToken, { authorization: `Bearer ${TOKEN}` });
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(linesOf(text, name)).toHaveLength(1);
    }
    const pool = linesOf(text, 'database_pool_connections');
    expect(pool).toHaveLength(3);
    for (const state of ['busy', 'idle', 'waiting']) expect(pool.join('\n')).toContain(`state="${state}"`);
  });
});
