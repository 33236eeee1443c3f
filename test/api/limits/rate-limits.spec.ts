import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { openApiDocument, responsesOf } from '../../support/documented.ts';
import { expectStatus, newEmail, newKey, newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { world } from '../../support/world.ts';

const ANONYMOUS = 12;
const LOGIN = 4;
const AUTHENTICATED = 20;
const WINDOW_MS = 60_000;

const RATE_HEADERS = [
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'ratelimit',
  'ratelimit-policy',
] as const;

let database: TestDatabase;
let server: TestServer;
let person: Person;
let now: number;

/** A client that comes from an address of its own; the test server trusts 127.0.0.1 as a proxy. */
function from(address: string, client = new Client(server.url)) {
  const headers = { 'x-forwarded-for': address };
  return {
    get: (path: string) => client.get(path, { headers }),
    post: (path: string, body: unknown) => client.post(path, body, { headers }),
    send: (method: string, path: string, more: Record<string, string> = {}) =>
      client.request(method, path, { headers: { ...headers, ...more }, isDocumented: false }),
  };
}

let addresses = 0;
function newAddress(): string {
  addresses += 1;
  return `198.51.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
}

/** What the two families of headers say, checked against each other. */
function standing({ headers }: { headers: Headers }) {
  const ietf = /^"(\w+)";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '');
  const policy = /^"(\w+)";q=(\d+);w=60$/.exec(headers.get('ratelimit-policy') ?? '');
  const limit = Number(headers.get('x-ratelimit-limit'));
  const remaining = Number(headers.get('x-ratelimit-remaining'));
  const reset = Number(headers.get('x-ratelimit-reset'));
  expect(ietf?.[1]).toBe(policy?.[1]);
  expect(Number(ietf?.[2])).toBe(remaining);
  expect(Number(policy?.[2])).toBe(limit);
  expect(Math.abs(now / 1000 + Number(ietf?.[3]) - reset)).toBeLessThan(10);
  return { policy: policy?.[1], limit, remaining, secondsLeft: Number(ietf?.[3]) };
}

function expectOverLimit(answer: Answer<{ code: string }>): void {
  expect(answer.status).toBe(429);
  expect(answer.body.code).toBe('REQ_008');
  const { remaining, secondsLeft } = standing(answer);
  expect(remaining).toBe(0);
  expect(answer.headers.get('retry-after')).toBe(String(secondsLeft));
}

async function nextWindow(): Promise<void> {
  now = await server.advanceClock(WINDOW_MS + 1);
}

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    TRUSTED_PROXIES: '127.0.0.1',
    BODY_LIMIT: '2048',
    RATE_LIMIT_ANONYMOUS: String(ANONYMOUS),
    RATE_LIMIT_LOGIN: String(LOGIN),
    RATE_LIMIT_AUTHENTICATED: String(AUTHENTICATED),
  });
  now = await server.advanceClock(0);
  person = await newPerson(server.url);
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

describe('the headers', () => {
  it.each([
    ['200', 'GET', '/api/keys', 200, 'authenticated'],
    ['404 of a resource', 'GET', '/api/keys/018cf2b8-3c00-7000-8000-000000000000', 404, 'authenticated'],
    ['400', 'GET', '/api/keys?nonsense=1', 400, 'authenticated'],
    ['404 of a path', 'GET', '/api/nowhere', 404, 'anonymous'],
    ['405', 'PUT', '/api/keys', 405, 'anonymous'],
  ])('are on a %s', async (_what, method, path, status, policy) => {
    await nextWindow();
    const answer = await from(newAddress(), person.client).send(method, path);
    expect(answer.status).toBe(status);
    expect(standing(answer)).toMatchObject({ policy });
  });

  it('are on a 204, a 413, a 415 and on what a handler refuses', async () => {
    await nextWindow();
    const { id } = await newKey(person.client);
    const revoked = await person.client.delete(`/api/keys/${id}`);
    expect(revoked.status).toBe(204);
    expect(standing(revoked).policy).toBe('authenticated');
    const tooLarge = await person.client.post('/api/keys', { name: 'x'.repeat(4096) });
    expect(tooLarge.status).toBe(413);
    expect(standing(tooLarge).policy).toBe('authenticated');
    const unsupported = await person.client.request('POST', '/api/keys', {
      raw: 'name=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(unsupported.status).toBe(415);
    expect(standing(unsupported).policy).toBe('authenticated');
    const refused = await from(newAddress()).post('/api/auth/login', { email: newEmail(), password: PASSWORD });
    expect(refused.status).toBe(401);
    expect(standing(refused).policy).toBe('login');
  });

  it.each([
    ['no credential', {}, 'AUTH_008'],
    ['a made-up token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }, 'AUTH_003'],
    ['a malformed header', { authorization: 'Basic eDp5' }, 'AUTH_003'],
    ['a made-up key', { 'x-api-key': 'kapi_prod_nonsense' }, 'AUTH_004'],
    ['two credentials', { authorization: 'Bearer x', 'x-api-key': 'y' }, 'AUTH_014'],
  ])('are on the early refusal of %s, which counts against the address', async (_what, headers, code) => {
    const caller = from(newAddress());
    const answer = await caller.send('GET', '/api/keys', headers);
    expect(answer.body.code).toBe(code);
    expect(standing(answer)).toMatchObject({ policy: 'anonymous', limit: ANONYMOUS, remaining: ANONYMOUS - 1 });
  });

  it.each(['/health/live', '/health/ready', '/docs/errors', '/openapi.json'])(
    'are not on %s, which is not limited',
    async (path) => {
      const caller = from(newAddress());
      for (let request = 0; request < ANONYMOUS + 2; request++) {
        const answer = await caller.send('GET', path);
        expect(answer.status).toBe(200);
        for (const name of RATE_HEADERS) expect(answer.headers.get(name)).toBeNull();
      }
    },
  );

  it('are absent where the limits are off', async () => {
    const [url] = world().servers;
    for (const answer of [await fetch(`${url}/api/keys`), await fetch(`${url}/api/nowhere`)]) {
      for (const name of RATE_HEADERS) expect(answer.headers.get(name)).toBeNull();
    }
  });
});

describe('the OpenAPI document', () => {
  it('names the headers in every response of the operations that have them, and in no other', async () => {
    const document = await openApiDocument(server.url);
    let limited = 0;
    for (const item of Object.values(document.paths)) {
      for (const operation of Object.values(item)) {
        const isLimited = !['getLiveness', 'getReadiness', 'getStatus'].includes(operation.operationId);
        limited += isLimited ? 1 : 0;
        for (const { headers = {} } of responsesOf(document, operation).values()) {
          const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
          for (const name of RATE_HEADERS) expect(names.has(name)).toBe(isLimited);
        }
      }
    }
    expect(limited).toBeGreaterThan(5);
  });
});

describe('a caller over the limit', () => {
  it('is refused with the time to wait, and served again in the next window', async () => {
    const caller = from(newAddress());
    for (let left = ANONYMOUS - 1; left >= 0; left--) {
      expect(standing(await caller.send('GET', '/api/nowhere'))).toMatchObject({ remaining: left });
    }
    expectOverLimit(await caller.send('GET', '/api/nowhere'));
    now = await server.advanceClock(WINDOW_MS - 5_000);
    expectOverLimit(await caller.send('GET', '/api/nowhere'));
    now = await server.advanceClock(5_001);
    expect(standing(await caller.send('GET', '/api/nowhere'))).toMatchObject({ remaining: ANONYMOUS - 1 });
  });

  it('does not keep others from being served', async () => {
    const [first, second] = [from(newAddress()), from(newAddress())];
    for (let request = 0; request <= ANONYMOUS; request++) await first.send('GET', '/api/nowhere');
    expect((await first.send('GET', '/api/nowhere')).status).toBe(429);
    expect((await second.send('GET', '/api/nowhere')).status).toBe(404);
  });

  it('is told so instead of whether a guessed credential is right', async () => {
    const caller = from(newAddress());
    const guess = () => caller.send('GET', '/api/keys', { 'x-api-key': 'kapi_prod_guess' });
    for (let request = 0; request < ANONYMOUS; request++) expect((await guess()).status).toBe(401);
    expectOverLimit(await guess());
  });

  it('does not keep a verified caller behind the same address from being served', async () => {
    await nextWindow();
    const address = newAddress();
    for (let request = 0; request <= ANONYMOUS; request++) await from(address).send('GET', '/api/nowhere');
    const answer = await from(address, person.client).get('/api/keys');
    expect(answer.status).toBe(200);
    expect(standing(answer)).toMatchObject({ policy: 'authenticated' });
  });

  it('is refused before its rights and its body are looked at', async () => {
    await nextWindow();
    const { key } = await newKey(person.client, { permissions: ['read:compression'] });
    const caller = new Client(server.url).with({ apiKey: key });
    for (let request = 0; request < AUTHENTICATED; request++) {
      expect((await caller.get('/api/keys')).status).toBe(403);
    }
    expectOverLimit(await caller.get('/api/keys'));
    expectOverLimit(await caller.post('/api/keys', { nonsense: true }));
  });

  it.each(['anonymous', 'authenticated'] as const)(
    'is let through exactly as often as the %s limit says when all come at once',
    async (policy) => {
      await nextWindow();
      const address = newAddress();
      const caller = policy === 'anonymous' ? from(address) : from(address, person.client);
      const limit = policy === 'anonymous' ? ANONYMOUS : AUTHENTICATED;
      const path = policy === 'anonymous' ? '/api/nowhere' : '/api/keys';
      const answers = await Promise.all(Array.from({ length: limit + 20 }, () => caller.send('GET', path)));
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
      const left = answers.filter(({ status }) => status !== 429).map((answer) => standing(answer).remaining);
      expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, position) => position));
    },
  );
});

describe('who shares a limit', () => {
  it('is every session of a user', async () => {
    await nextWindow();
    const { email } = person;
    const login = await from(newAddress()).post('/api/auth/login', { email, password: PASSWORD });
    const { access_token: bearer } = expectStatus(login, 200).body as unknown as { access_token: string };
    const first = standing(await person.client.get('/api/keys'));
    const second = standing(await new Client(server.url).with({ bearer }).get('/api/keys'));
    expect(second.remaining).toBe(first.remaining - 1);
  });

  it('is not another key of the same user', async () => {
    await nextWindow();
    for (const { key } of [await newKey(person.client), await newKey(person.client)]) {
      const answer = await new Client(server.url).with({ apiKey: key }).get('/api/keys');
      expect(standing(answer).remaining).toBe(AUTHENTICATED - 1);
    }
  });

  it('is an IPv6 /64, and not the next one', async () => {
    const remaining = [];
    for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1']) {
      remaining.push(standing(await from(address).send('GET', '/api/nowhere')).remaining);
    }
    expect(remaining).toEqual([ANONYMOUS - 1, ANONYMOUS - 2, ANONYMOUS - 1]);
  });

  it('is not chosen by a client who forges X-Forwarded-For behind the proxy', async () => {
    const real = newAddress();
    const first = standing(await from(`203.0.113.1, ${real}`).send('GET', '/api/nowhere'));
    const second = standing(await from(`203.0.113.2, ${real}`).send('GET', '/api/nowhere'));
    expect(second.remaining).toBe(first.remaining - 1);
  });
});

describe('attempts to get in', () => {
  it.each([
    ['login', () => ({ email: newEmail(), password: PASSWORD })],
    ['register', () => ({ email: 'not an e-mail address', password: PASSWORD, name: 'A Person' })],
  ])('by %s have a limit of their own, by address', async (operation, body) => {
    const caller = from(newAddress());
    for (let attempt = 0; attempt < LOGIN; attempt++) {
      const answer = await caller.post(`/api/auth/${operation}`, body());
      expect(answer.status).toBeLessThan(429);
      expect(standing(answer)).toMatchObject({ policy: 'login', limit: LOGIN, remaining: LOGIN - 1 - attempt });
    }
    expectOverLimit(await caller.post(`/api/auth/${operation}`, body()));
    expect((await from(newAddress()).post(`/api/auth/${operation}`, body())).status).not.toBe(429);
  });

  it('are refused over the limit even with the right password', async () => {
    const caller = from(newAddress());
    for (let attempt = 0; attempt < LOGIN; attempt++) {
      await caller.post('/api/auth/login', { email: person.email, password: 'the wrong password' });
    }
    expectOverLimit(await caller.post('/api/auth/login', { email: person.email, password: PASSWORD }));
  });

  it('cannot make the server read bodies for ever: far over the limit even login is refused before its body', async () => {
    const headers = { 'x-forwarded-for': newAddress() };
    const statuses: number[] = [];
    for (let attempt = 0; attempt <= LOGIN * 5; attempt++) {
      const answer = await new Client(server.url).request('POST', '/api/auth/login', { raw: '{', headers });
      statuses.push(answer.status);
    }
    expect(statuses.slice(0, -1)).toEqual(Array.from({ length: LOGIN * 5 }, () => 400));
    expect(statuses.at(-1)).toBe(429);
  });

  it('cannot be had in greater number by calling as a verified user', async () => {
    await nextWindow();
    const caller = from(newAddress(), person.client);
    const attempt = () => caller.post('/api/auth/login', { email: newEmail(), password: PASSWORD });
    for (let count = 0; count < LOGIN; count++) expect((await attempt()).status).toBe(401);
    expectOverLimit(await attempt());
  });

  it('leave the address its other requests', async () => {
    const address = newAddress();
    for (let attempt = 0; attempt <= LOGIN; attempt++) {
      await from(address).post('/api/auth/login', { email: newEmail(), password: PASSWORD });
    }
    const answer = await from(address).send('GET', '/api/keys');
    expect(standing(answer)).toMatchObject({ policy: 'anonymous', remaining: ANONYMOUS - 1 });
  });
});

describe('a request target that is not one', () => {
  it('counts against the address', async () => {
    const address = newAddress();
    const { promise, resolve } = Promise.withResolvers<{ status: number | undefined; remaining: string }>();
    // a client that does not normalise the target
    httpRequest(server.url, { path: '/api/keys/%zz', headers: { 'x-forwarded-for': address } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, remaining: String(response.headers['x-ratelimit-remaining']) });
    }).end();
    expect(await promise).toEqual({ status: 400, remaining: String(ANONYMOUS - 1) });
  });
});
