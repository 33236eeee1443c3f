import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { Client } from '../../support/client.ts';
import { newKey, newPerson, type MintedKey, type Person } from '../../support/people.ts';
import { sendRaw } from '../../support/raw.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const { host } = new URL(baseUrl);
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  person = await newPerson();
  key = await newKey(person.client);
});

async function rawGet(...headers: string[]): Promise<{ status: number; code: string | undefined; head: string }> {
  const lines = ['GET /api/compression/stats HTTP/1.1', `Host: ${host}`, 'Connection: close', ...headers, '', ''];
  const { status, head, body } = await sendRaw(baseUrl, lines.join('\r\n'));
  return { status, head, code: (JSON.parse(body) as { code?: string }).code };
}

describe('the credential of a request', () => {
  it('is missing: AUTH_008, with a challenge for both kinds', async () => {
    const answer = await new Client(baseUrl).get('/api/compression/stats');
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('AUTH_008');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="kindly", ApiKey realm="kindly"');
  });

  it.each([
    ['', 'AUTH_008'],
    ['Bearer', 'AUTH_008'],
    ['Bearer ', 'AUTH_008'],
    ['bearer  ', 'AUTH_008'],
    ['Bearerx', 'AUTH_003'],
    ['Bearer a b', 'AUTH_003'],
    ['Basic %%%', 'AUTH_003'],
    ['Basic dXNlcjpwYXNz', 'AUTH_003'],
    ['Bearer not-a-token', 'AUTH_003'],
    ['Bearer a.b.c', 'AUTH_003'],
    [`Bearer ${'x'.repeat(9_000)}`, 'AUTH_003'],
    ['Bearer bücher', 'AUTH_003'],
  ])('Authorization: "%s" is %s', async (value, code) => {
    const answer = await rawGet(`Authorization: ${value}`);
    expect(answer).toMatchObject({ status: 401, code });
    expect(answer.head).toMatch(/www-authenticate: bearer/i);
  });

  it.each([[''], [' ']])('X-API-Key: "%s" is none: AUTH_008', async (value) => {
    expect(await rawGet(`X-API-Key: ${value}`)).toMatchObject({ status: 401, code: 'AUTH_008' });
  });

  it('may stand beside an empty one of the other kind, which clients send that fill in what they do not have', async () => {
    const bearer = `Authorization: Bearer ${person.session.access_token}`;
    expect(await rawGet(bearer, 'X-API-Key: ')).toMatchObject({ status: 200 });
    for (const empty of ['Authorization: Bearer ', 'Authorization:']) {
      expect(await rawGet(empty, `X-API-Key: ${key.key}`)).toMatchObject({ status: 200 });
    }
  });

  it.each([['kapi_'], ['nonsense'], ['x'.repeat(9_000)], ['kapi_prod_7f3d9a2b5c1e4890abcdef1234567890']])(
    'X-API-Key: "%s" is AUTH_004',
    async (value) => {
      expect(await rawGet(`X-API-Key: ${value}`)).toMatchObject({ status: 401, code: 'AUTH_004' });
    },
  );

  it('is an API key sent as a bearer token: AUTH_003 says where it belongs, without repeating it', async () => {
    const answer = await new Client(baseUrl).with({ bearer: key.key }).get('/api/compression/stats');
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'AUTH_003', detail: expect.stringContaining('X-API-Key') });
    expect(answer.text).not.toContain(key.key);
  });

  // a second credential must never decide, neither by order nor by falling through
  it('is doubled: AUTH_014, even if each alone would do', async () => {
    const bearer = `Authorization: Bearer ${person.session.access_token}`;
    const apiKey = `X-API-Key: ${key.key}`;
    for (const headers of [
      [bearer, apiKey],
      [bearer, bearer],
      [apiKey, apiKey],
      [bearer, `x-api-key: ${key.key}`],
      ['Authorization: Bearer broken', apiKey],
      // of two of a kind Node takes the first, or both
      ['Authorization: Bearer ', bearer],
      ['X-API-Key: ', apiKey],
      ['X-API-Key: ', 'X-API-Key: '],
    ]) {
      expect(await rawGet(...headers)).toMatchObject({ status: 400, code: 'AUTH_014' });
    }
  });

  it('larger than any header may be is answered with a problem too', async () => {
    const answer = await sendRaw(
      baseUrl,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: ${'x'.repeat(70_000)}\r\n\r\n`,
    );
    expect(answer.status).toBe(431);
    expect(answer.head).toContain('application/problem+json');
  });
});

describe('an access token', () => {
  function forge(header: object, payload: object, secret: string): string {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = `${encode(header)}.${encode(payload)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }

  function claims(): Record<string, unknown> {
    return JSON.parse(Buffer.from(person.session.access_token.split('.')[1] ?? '', 'base64url').toString());
  }

  async function refusal(token: string): Promise<string> {
    const answer = await new Client(baseUrl).with({ bearer: token }).get('/api/compression/stats');
    expect(answer.status).toBe(401);
    return answer.body.code;
  }

  it('without a signature is refused, however "none" is spelt', async () => {
    const payload = Buffer.from(JSON.stringify(claims())).toString('base64url');
    for (const alg of ['none', 'None', 'nOnE', 'NONE']) {
      const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
      expect(await refusal(`${header}.${payload}.`)).toBe('AUTH_003');
    }
    expect(await refusal(person.session.access_token.replace(/[^.]+$/, ''))).toBe('AUTH_003');
  });

  it('signed with another secret, or with the secret itself instead of its subkey, is refused', async () => {
    const header = { alg: 'HS256', typ: 'JWT' };
    for (const secret of ['another secret of thirty-two characters', 'test-only-jwt-secret-0123456789abcdef']) {
      expect(await refusal(forge(header, claims(), secret))).toBe('AUTH_003');
    }
  });

  it('with a changed payload is refused', async () => {
    const [header, , signature] = person.session.access_token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims(), name: 'Somebody else' })).toString('base64url');
    expect(await refusal(`${header}.${payload}.${signature}`)).toBe('AUTH_003');
  });

  it('is not what a refresh token can be used as', async () => {
    expect(await refusal(person.session.refresh_token)).toBe('AUTH_003');
  });

  it('with additions to its header (kid, jku, crit) is refused before anything is looked up', async () => {
    for (const extra of [{ kid: '../../dev/null' }, { jku: 'http://127.0.0.1:1/' }, { crit: ['b64'], b64: false }]) {
      const header = { alg: 'HS256', typ: 'JWT', ...extra };
      expect(await refusal(forge(header, claims(), 'x'.repeat(32)))).toBe('AUTH_003');
    }
  });
});
