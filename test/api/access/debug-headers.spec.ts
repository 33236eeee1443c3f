import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { createDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer } from '../../support/server.ts';

const DEBUG = { headers: { 'x-debug-auth': 'true' } };
let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

function debugHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-auth-')));
}

describe('X-Debug-Auth: true', () => {
  it('tells who the server takes the holder of a key for, and what is left of its quota', async () => {
    const key = await newKey(person.client, { quota: { limit: 10_000, period: 'month' } });
    const client = person.client.with({ apiKey: key.key });
    for (let call = 0; call < 49; call++) await client.get('/api/compression/stats');
    const { status, headers } = await client.get('/api/compression/stats', DEBUG);
    expect(status).toBe(200);
    expect(debugHeaders(headers)).toEqual({
      'x-auth-method': 'api_key',
      'x-auth-user-id': person.id,
      'x-auth-key-id': key.id,
      'x-auth-ip': '127.0.0.1',
      'x-auth-remaining-quota': '9950',
    });
  });

  it('tells the same of a session, which has no key and no quota', async () => {
    const { headers } = await person.client.get('/api/keys', DEBUG);
    expect(debugHeaders(headers)).toEqual({
      'x-auth-method': 'jwt',
      'x-auth-user-id': person.id,
      'x-auth-ip': '127.0.0.1',
    });
  });

  it('is answered on 403, uncharged, and on 429', async () => {
    const key = await newKey(person.client, {
      permissions: ['read:compression'],
      quota: { limit: 1, period: 'day' },
    });
    const client = person.client.with({ apiKey: key.key });
    const forbidden = await client.get('/api/keys', DEBUG);
    expect(forbidden.status).toBe(403);
    expect(debugHeaders(forbidden.headers)).toMatchObject({ 'x-auth-key-id': key.id, 'x-auth-remaining-quota': '1' });
    await client.get('/api/compression/stats');
    const exceeded = await client.get('/api/compression/stats', DEBUG);
    expect(exceeded.status).toBe(429);
    expect(debugHeaders(exceeded.headers)).toMatchObject({ 'x-auth-key-id': key.id, 'x-auth-remaining-quota': '0' });
    const away = await newKey(person.client, { allowed_ips: ['203.0.113.1'] });
    const elsewhere = await person.client.with({ apiKey: away.key }).get('/api/compression/stats', DEBUG);
    expect(elsewhere.status).toBe(403);
    expect(debugHeaders(elsewhere.headers)).toMatchObject({ 'x-auth-key-id': away.id, 'x-auth-ip': '127.0.0.1' });
  });

  it('tells nothing without a verified credential, or when not asked', async () => {
    const key = await newKey(person.client);
    await person.client.delete(`/api/keys/${key.id}`);
    const signing = await newKey(person.client, { require_signature: true });
    for (const client of [
      person.client.with({}),
      person.client.with({ apiKey: key.key }),
      person.client.with({ apiKey: 'kapi_prod_x' }),
      person.client.with({ apiKey: signing.key }),
      person.client.with({ bearer: 'x.y.z' }),
    ]) {
      const { status, headers } = await client.get('/api/compression/stats', DEBUG);
      expect(status).toBe(401);
      expect(debugHeaders(headers)).toEqual({});
    }
    for (const value of ['false', '1', '']) {
      const { headers } = await person.client.get('/api/keys', { headers: { 'x-debug-auth': value } });
      expect(debugHeaders(headers)).toEqual({});
    }
  });
});

describe('X-Debug-Auth: true under a rate limit', () => {
  it('tells what the window leaves to a caller without a quota, and the quota of one who has it', async () => {
    const database = await createDatabase();
    const server = await startServer({
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      RATE_LIMIT_AUTHENTICATED: '3',
    });
    try {
      const { client } = await newPerson(server.url);
      const free = client.with({ apiKey: (await newKey(client)).key });
      const limited = client.with({ apiKey: (await newKey(client, { quota: { limit: 50, period: 'day' } })).key });
      const left = async (caller: Client) => {
        const { status, headers } = await caller.get('/api/compression/stats', DEBUG);
        return [status, debugHeaders(headers)['x-auth-remaining-quota']];
      };
      const seen = [];
      for (let call = 0; call < 4; call++) seen.push(await left(free));
      expect(seen).toEqual([
        [200, '2'],
        [200, '1'],
        [200, '0'],
        [429, '0'],
      ]);
      for (let call = 0; call < 3; call++) await left(limited);
      // what the rate limit refuses is not charged
      expect(await left(limited)).toEqual([429, '47']);
    } finally {
      await server.stop();
      await database.drop();
    }
  }, 30_000);
});
