import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { world } from '../../support/world.ts';

const ORIGIN = 'https://app.example.com';
const SECOND_ORIGIN = 'http://localhost:5173';

const OTHER_ORIGINS = [
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://app.example.com:8443',
  'http://app.example.com',
  'https://sub.app.example.com',
  'HTTPS://APP.EXAMPLE.COM',
  'https://app.example.com/',
  'null',
];

let database: TestDatabase;
let server: TestServer;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    CORS_ORIGINS: `${ORIGIN}, ${SECOND_ORIGIN}`,
  });
  person = await newPerson(server.url);
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

function corsHeaders(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

function preflight(url: string, origin: string, path = '/api/keys'): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });
}

describe('a request from an allowed origin', () => {
  it.each([ORIGIN, SECOND_ORIGIN])('is shared with %s and no other, with credentials', async (origin) => {
    const { status, headers } = await person.client.get('/api/keys', { headers: { origin } });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('vary')).toBe('Origin');
  });

  it('lets scripts read the headers that a client needs', async () => {
    const { headers } = await person.client.get('/api/keys', { headers: { origin: ORIGIN } });
    const exposed = headers.get('access-control-expose-headers')?.split(', ') ?? [];
    for (const name of [
      'X-Auth-Method',
      'X-Auth-User-ID',
      'X-Auth-Key-ID',
      'X-Auth-Service-Account-ID',
      'X-Auth-Client-ID',
      'X-Auth-IP',
      'X-Auth-Remaining-Quota',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
      'WWW-Authenticate',
    ]) {
      expect(exposed).toContain(name);
    }
    // with credentials a wildcard would mean the header named "*"
    expect(exposed).not.toContain('*');
  });

  it.each([
    ['a refusal', '/api/keys', 401],
    ['a path that does not exist', '/api/nowhere', 404],
  ])('can read %s too', async (_what, path, status) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { origin: ORIGIN } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });
});

describe('a preflight from an allowed origin', () => {
  it('is answered before any guard asks for a credential', async () => {
    const answer = await preflight(server.url, ORIGIN);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('access-control-allow-methods')?.split(', ')).toEqual(
      expect.arrayContaining(['GET', 'POST', 'PATCH', 'DELETE']),
    );
    expect(answer.headers.get('vary')).toBe('Origin');
    expect(await answer.text()).toBe('');
  });

  it('allows the headers of every way to authenticate, and no wildcard', async () => {
    const answer = await preflight(server.url, ORIGIN);
    const allowed = answer.headers.get('access-control-allow-headers')?.split(', ') ?? [];
    expect(allowed).toEqual([
      'Authorization',
      'X-API-Key',
      'Content-Type',
      'X-CSRF-Token',
      'Idempotency-Key',
      'X-Timestamp',
      'X-Nonce',
      'X-Signature',
      'Signature',
      'Signature-Input',
      'Content-Digest',
      'X-Debug-Auth',
      'X-Request-Id',
    ]);
  });
});

describe('a request from another origin', () => {
  it.each(OTHER_ORIGINS)('gets no CORS header: %s', async (origin) => {
    const { status, headers } = await person.client.get('/api/keys', { headers: { origin } });
    expect(status).toBe(200);
    expect(corsHeaders(headers)).toEqual([]);
    expect(headers.get('vary')).toBe('Origin');
  });

  it.each(OTHER_ORIGINS)('is not given a preflight: %s', async (origin) => {
    const answer = await preflight(server.url, origin);
    expect(answer.status).toBe(405);
    expect(corsHeaders(answer.headers)).toEqual([]);
  });
});

describe('a request without an origin', () => {
  it('gets no CORS header, and is kept apart in caches', async () => {
    const { headers } = await person.client.get('/api/keys');
    expect(corsHeaders(headers)).toEqual([]);
    expect(headers.get('vary')).toBe('Origin');
  });
});

describe('without CORS_ORIGINS', () => {
  const [url] = world().servers;

  it('nobody gets a CORS header', async () => {
    for (const answer of [
      await fetch(`${url}/api/keys`, { headers: { origin: ORIGIN } }),
      await preflight(url, ORIGIN),
    ]) {
      expect(corsHeaders(answer.headers)).toEqual([]);
      expect(answer.headers.get('vary')).toBeNull();
    }
  });
});
