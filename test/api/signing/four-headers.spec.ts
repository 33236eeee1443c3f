import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { type RequestToSign, signedHeaders } from '../../support/signing.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const COMPRESS = '/api/compression/compress';
const STATS = '/api/compression/stats';
const anonymous = new Client(baseUrl);
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  person = await newPerson();
  key = await newKey(person.client);
});

/** Sends a body under a signature that was made for a request. */
function send(
  signed: Partial<RequestToSign>,
  sent: { method?: string; target?: string; raw?: string; headers?: Record<string, string | undefined> } = {},
): Promise<Answer<ProblemBody>> {
  const request = { method: 'POST', target: COMPRESS, ...signed };
  const headers = Object.fromEntries(
    Object.entries({ ...signedHeaders(key, request), ...sent.headers }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  return anonymous.request(sent.method ?? request.method, sent.target ?? request.target, {
    headers,
    ...(sent.raw !== undefined && { raw: sent.raw }),
  });
}

async function operations(): Promise<number> {
  const { body } = await person.client.get<{ operations: number }>(STATS);
  return body.operations;
}

/** The request is refused with this code, and nothing was compressed. */
async function expectRefused(answer: Promise<Answer<ProblemBody>>, code = 'AUTH_011'): Promise<ProblemBody> {
  const before = await operations();
  const { status, body } = await answer;
  expect({ status, code: body.code }).toEqual({ status: code.startsWith('REQ') ? 400 : 401, code });
  expect(await operations()).toBe(before);
  return body;
}

describe('a request signed with the four headers', () => {
  it('is accepted without a body, and with a query that is part of what is signed', async () => {
    expect((await send({ method: 'GET', target: STATS })).status).toBe(200);
    const reader = await newKey(person.client, { permissions: ['read:keys'] });
    const headers = signedHeaders(reader, { method: 'GET', target: '/api/keys?limit=5' });
    expect((await anonymous.get('/api/keys?limit=5', { headers })).status).toBe(200);
    expect((await anonymous.get('/api/keys?limit=6', { headers })).body.code).toBe('AUTH_011');
  });

  it.each([
    ['as it was signed', '{"data": {"b": 1, "\\u00e9": 2}}'],
    ['compact', '{"data":{"b":1,"é":2}}'],
    ['with its names in another order', '{ "data" : {"é":2,\n"b":1} }'],
  ])('is accepted %s', async (_name, raw) => {
    expect((await send({ text: '{"data": {"b": 1, "\\u00e9": 2}}' }, { raw })).status).toBe(200);
  });

  it('hands the handler the exact characters received, not the signed ones', async () => {
    const answer = await send({ text: '{"data": [1.0, "\\u00e9"]}' }, { raw: '{"data":[1.0,"é"]}' });
    expect(answer.body).toMatchObject({ original_size: Buffer.byteLength('[1.0,"é"]') });
  });

  it('counts {} as no body, for a route that takes none', async () => {
    const answer = await send({ method: 'DELETE', target: `/api/keys/${key.id}`, text: '' }, { raw: '{}' });
    // signed well; it may not revoke keys
    expect(answer.body.code).toBe('AUTH_009');
  });

  it.each([
    ['another value', { raw: '{"data": 2}' }],
    ['a number spelt otherwise', { raw: '{"data": 1.0}' }],
    ['one member more', { raw: '{"data": 1, "level": 3}' }],
    ['another method', { method: 'PUT' }],
    ['another path', { target: '/api/compression/decompress' }],
    ['another query', { target: `${COMPRESS}?x=1` }],
    ['another timestamp', { headers: { 'X-Timestamp': String(Math.floor(Date.now() / 1000) + 100) } }],
    ['another nonce', { headers: { 'X-Nonce': 'f'.repeat(32) } }],
    ['another signature', { headers: { 'X-Signature': '0'.repeat(64) } }],
    ['no signature', { headers: { 'X-Signature': undefined } }],
    ['no timestamp', { headers: { 'X-Timestamp': undefined } }],
    ['no nonce', { headers: { 'X-Nonce': undefined } }],
    ['the signature alone left out of three', { headers: { 'X-Signature': undefined, 'X-Nonce': undefined } }],
    ['a signature in capitals', { headers: { 'X-Signature': 'A'.repeat(64) } }],
  ])('is refused with %s, and its handler does not run', async (_name, change) => {
    const { method } = change as { method?: string };
    // a method that the path does not have never gets as far as the signature
    if (method === 'PUT') {
      expect((await send({ text: '{"data": 1}' }, { raw: '{"data": 1}', ...change })).status).toBe(405);
      return;
    }
    await expectRefused(send({ text: '{"data": 1}' }, { raw: '{"data": 1}', ...change }));
  });

  it('is refused with the secret of another key', async () => {
    const other = await newKey(person.client);
    const headers = { ...signedHeaders(other, { method: 'GET', target: STATS }), 'X-API-Key': key.key };
    expect((await anonymous.get(STATS, { headers })).body.code).toBe('AUTH_011');
  });

  it.each([
    '01704715200',
    '+170471520',
    '1704715200.0',
    '1.7e9',
    '1704715200000',
    '170471520',
    '0704715200',
    '-704715200',
    'now',
    '1704715200 ,1',
  ])('is refused with the timestamp %s, before its secret is looked at', async (timestamp) => {
    const body = await expectRefused(send({ text: '{"data": 1}', timestamp }, { raw: '{"data": 1}' }));
    expect(body.detail).toBe('X-Timestamp must be the Unix time in seconds, ten digits.');
  });

  it.each(['', 'a'.repeat(31), 'a'.repeat(33), 'A'.repeat(32), 'g'.repeat(32), `${'a'.repeat(31)} `])(
    'is refused with the nonce "%s"',
    async (nonce) => {
      await expectRefused(send({ text: '{"data": 1}', nonce }, { raw: '{"data": 1}' }));
    },
  );

  it.each([-320, 320])('is told the time of the server when its clock is %s s off', async (skew) => {
    const now = Math.floor(Date.now() / 1000);
    const { detail } = await expectRefused(
      send({ text: '{"data": 1}', timestamp: now + skew }, { raw: '{"data": 1}' }),
    );
    expect(detail).toMatch(/3[12]\d s (behind|ahead of) the server's clock; 300 s are allowed/);
    expect(detail).toMatch(new RegExp(`${String(now).slice(0, 7)}\\d{3}`));
  });

  it.each([-285, 285])('is accepted when its clock is %s s off', async (skew) => {
    const timestamp = Math.floor(Date.now() / 1000) + skew;
    expect((await send({ text: '{"data": 1}', timestamp }, { raw: '{"data": 1}' })).status).toBe(200);
  });

  it.each([
    ['__proto__', '{"data": 1, "__proto__": {}}'],
    ['a repeated name', '{"data": 1, "data": 1}'],
    ['a repeated name, one escaped', '{"data": 1, "d\\u0061ta": 1}'],
    ['NaN', '{"data": NaN}'],
    ['65 levels', `{"data": ${'['.repeat(64)}${']'.repeat(64)}}`],
    ['a byte order mark', '\uFEFF{"data": 1}'],
    ['a text instead of an object', '"data"'],
    ['something after its end', '{"data": 1} {}'],
  ])('is refused with %s in its body, though the bytes are signed', async (_name, raw) => {
    const { detail } = await expectRefused(send({ text: raw }, { raw }), 'REQ_002');
    expect(detail).toMatch(/^The JSON body [^.]+\.$/);
  });

  it('is refused compressed, or as a form', async () => {
    for (const headers of [
      { 'Content-Encoding': 'gzip' },
      { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Digest': undefined },
    ]) {
      const answer = await send({ text: '{"data": 1}' }, { raw: '{"data": 1}', headers });
      expect([415, 401]).toContain(answer.status);
    }
  });

  it.each([
    '/api//compression/stats',
    '/api/compression/./stats',
    '/api/%63ompression/stats',
    '/api/compression%2fstats',
  ])('is not accepted at %s, which is no spelling of the path', async (target) => {
    // fetch would tidy up the path, so the request is sent through a plain socket
    const { sendRaw } = await import('../../support/raw.ts');
    const lines = Object.entries(signedHeaders(key, { method: 'GET', target })).map(([n, v]) => `${n}: ${v}`);
    const { status } = await sendRaw(
      baseUrl,
      [`GET ${target} HTTP/1.1`, `Host: ${new URL(baseUrl).host}`, 'Connection: close', ...lines, '', ''].join('\r\n'),
    );
    expect([401, 404]).toContain(status);
  });
});

// the printed scheme has no separators: these pairs have one MAC
describe('two requests with the same unseparated message', () => {
  it('are told apart: a nonce does not swallow the body', async () => {
    const text = '{"data": 1}';
    const nonce = randomBytes(16).toString('hex');
    const signed = signedHeaders(key, { method: 'POST', target: COMPRESS, text, nonce });
    await expectRefused(
      anonymous.post(COMPRESS, undefined, { headers: { ...signed, 'X-Nonce': nonce + text.replaceAll(' ', '') } }),
    );
    const answer = await anonymous.post(COMPRESS, undefined, { raw: text, headers: signed });
    expect(answer.status).toBe(200);
  });

  it('are told apart: a digit does not move between path, timestamp and nonce', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signed = signedHeaders(key, { method: 'GET', target: `${STATS}?x=1`, timestamp });
    for (const [target, moved] of [
      [`${STATS}?x=`, `1${timestamp}`],
      [`${STATS}?x=1${timestamp.slice(0, 1)}`, timestamp.slice(1)],
    ] as const) {
      await expectRefused(anonymous.get(target, { headers: { ...signed, 'X-Timestamp': moved } }));
    }
  });
});

describe('signature headers without an API key', () => {
  it.each(['X-Signature', 'X-Timestamp', 'X-Nonce', 'Signature', 'Signature-Input'])(
    'beside a session (%s) are refused rather than ignored',
    async (name) => {
      const answer = await person.client.get(STATS, { headers: { [name]: 'x' } });
      expect(answer.body).toMatchObject({ code: 'AUTH_011', detail: expect.stringContaining('X-API-Key') });
    },
  );

  it('on an open route mean nothing', async () => {
    expect((await anonymous.get('/health/live', { headers: { 'X-Signature': 'x' }, isDocumented: false })).status).toBe(
      200,
    );
  });

  it('of both schemes are refused', async () => {
    const headers = { ...signedHeaders(key, { method: 'GET', target: STATS }), Signature: 'sig1=:AA==:' };
    expect((await anonymous.get(STATS, { headers })).body.detail).toContain('not both');
  });
});
