import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newKey, newPerson, type MintedKey, type Person } from '../../support/people.ts';
import { type RawAnswer, sendRaw } from '../../support/raw.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const { host } = new URL(baseUrl);
let owner: Person;
let key: MintedKey;
beforeAll(async () => {
  owner = await newPerson();
  key = await newKey(owner.client, { permissions: ['*', 'write:keys'] });
});

/** Asks for the keys, without asking for the end of the connection: who gets an answer here has been hung up on. */
function ask(lines: readonly string[], behind = ''): Promise<RawAnswer> {
  return sendRaw(baseUrl, `${[...lines, `X-API-Key: ${key.key}`, '', ''].join('\r\n')}${behind}`);
}

/** A request that would be carried out if it were read. */
function renaming(name: string): string {
  const body = JSON.stringify({ name });
  return [
    'PATCH /api/auth/me HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${owner.session.access_token}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function chunkOf(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

async function nameOfOwner(): Promise<string> {
  return (await owner.client.get<{ name: string }>('/api/auth/me')).body.name;
}

function expectRefused(answer: RawAnswer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.head).toMatch(/^connection: close$/im);
  expect(answer.head).toMatch(/^x-request-id: /im);
  expect(JSON.parse(answer.body)).toMatchObject({ code, status });
}

describe('the host of a request', () => {
  it.each([
    [''],
    ['a b'],
    ['user@example.com'],
    ['example.com/path'],
    ['a.example,b.example'],
    ['example.com:port'],
    ['example.com:65536'],
    ['[::1'],
    ['bücher.example'],
  ])('must be one: "%s" is refused and the connection closed', async (value) => {
    expectRefused(await ask(['GET /api/keys HTTP/1.1', `Host: ${value}`]), 400, 'REQ_001');
    expectRefused(await ask(['GET /api/keys HTTP/1.0', 'Connection: keep-alive', `Host: ${value}`]), 400, 'REQ_001');
  });

  it.each([['localhost'], ['api.example.com:8443'], ['[::1]:3000'], ['example.com:']])(
    '%s is served',
    async (value) => {
      expect((await ask(['GET /api/keys HTTP/1.1', `Host: ${value}`, 'Connection: close'])).status).toBe(200);
    },
  );

  it('may be missing in HTTP/1.0, which knew none', async () => {
    expect((await ask(['GET /api/keys HTTP/1.0'])).status).toBe(200);
  });

  it('is checked for what is served past the API as well: metrics, documentation, health', async () => {
    for (const path of ['/metrics', '/openapi.json', '/docs', '/health/live']) {
      expectRefused(await ask([`GET ${path} HTTP/1.1`, 'Host: a b']), 400, 'REQ_001');
    }
  });
});

describe('the framing of a request', () => {
  // RFC 9112 §6.1: a proxy that speaks 1.0 would pass the chunks on as they are, and whatever comes behind them
  it('by Transfer-Encoding is refused in HTTP/1.0, and what is pipelined behind it is not done', async () => {
    const chunked = ['Transfer-Encoding: chunked', 'Content-Type: application/json', 'Connection: keep-alive'];
    const before = await nameOfOwner();
    const answer = await ask(
      ['POST /api/keys HTTP/1.0', `Host: ${host}`, ...chunked],
      `${chunkOf('{"name":"chunk"}')}0\r\n\r\n${renaming('Smuggled')}`,
    );
    expectRefused(answer, 400, 'REQ_001');
    expect(answer.body).not.toContain('HTTP/1.1');
    expect(await nameOfOwner()).toBe(before);
    const { body } = await owner.client.get<{ data: { name: string }[] }>('/api/keys');
    expect(body.data.map(({ name }) => name)).not.toContain('chunk');
  });

  it.each([['gzip, chunked'], ['chunked, chunked'], ['x-unknown, chunked']])(
    'by a transfer coding that is not understood (%s) is refused and the connection closed',
    async (coding) => {
      const lines = ['POST /api/keys HTTP/1.1', `Host: ${host}`, `Transfer-Encoding: ${coding}`];
      expectRefused(await ask(lines, '2\r\n{}\r\n0\r\n\r\n'), 400, 'REQ_001');
    },
  );

  it('by chunks is read in HTTP/1.1', async () => {
    const lines = ['PATCH /api/auth/me HTTP/1.1', `Host: ${host}`, 'Connection: close', 'Transfer-Encoding: Chunked'];
    const credential = `Authorization: Bearer ${owner.session.access_token}`;
    const name = await nameOfOwner();
    const body = JSON.stringify({ name });
    const head = [...lines, credential, 'Content-Type: application/json', '', ''].join('\r\n');
    const answer = await sendRaw(baseUrl, `${head}${chunkOf(body)}0\r\n\r\n`);
    expect(answer.status).toBe(200);
  });

  it.each([
    ['no host', [], 'The Host header is missing.'],
    ['two hosts', [`Host: ${host}`, 'Host: evil.example'], 'Send one Host header, and only one.'],
    [
      'a host that is none',
      ['Host: a b'],
      'The Host header must be a host name or an address, with a port or without.',
    ],
    [
      'two media types',
      [`Host: ${host}`, 'Content-Type: text/plain', 'Content-Type: application/json'],
      'Send one Content-Type header, and only one.',
    ],
  ])('with %s ends the connection, and what is pipelined behind it is not done', async (_what, headers, detail) => {
    const before = await nameOfOwner();
    const answer = await ask(['GET /api/keys HTTP/1.1', ...headers], renaming('Smuggled'));
    expectRefused(answer, 400, 'REQ_001');
    expect(JSON.parse(answer.body)).toMatchObject({ detail });
    expect(answer.body).not.toContain('HTTP/1.1');
    expect(await nameOfOwner()).toBe(before);
  });

  // a refusal there would be read as part of the answer, or as the answer to the next request
  it('that breaks while the answer is under way cuts that off, with nothing written into it', async () => {
    const lines = ['POST /api/compression/compress?algorithm=gzip HTTP/1.1', `Host: ${host}`];
    const type = ['Content-Type: application/octet-stream', 'Transfer-Encoding: chunked', `X-API-Key: ${key.key}`];
    const noise = randomBytes(256 * 1024).toString('hex');
    const head = [...lines, ...type, '', ''].join('\r\n');
    const answer = await sendRaw(baseUrl, `${head}${chunkOf(noise)}`, { onAnswer: 'no chunk\r\n' });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toContain('HTTP/1.1');
  });
});

describe('Expect: 100-continue', () => {
  const expecting = (method: string, path: string, ...headers: string[]): string =>
    [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Expect: 100-continue', ...headers, '', ''].join('\r\n');

  /** The one status line and head of an answer for which no body was asked. */
  function expectFinal(answer: RawAnswer, status: number): void {
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/^connection: close$/im);
    expect(`${answer.head}${answer.body}`).not.toMatch(/^HTTP\/1\.1 100/m);
  }

  it.each([
    [401, 'a stranger', ['Content-Type: application/json', 'Content-Length: 2']],
    [413, 'too large a body', ['Content-Type: application/json', 'Content-Length: 9999999', 'X-API-Key: KEY']],
    [415, 'a body of another type', ['Content-Type: text/plain', 'Content-Length: 2', 'X-API-Key: KEY']],
    [403, 'a caller who may not', ['Content-Type: application/json', 'Content-Length: 2', 'X-API-Key: KEY']],
  ])('asks for no body where the head decides: %d for %s', async (status, _who, headers) => {
    const able = await newKey(owner.client, { permissions: status === 403 ? ['read:keys'] : ['write:keys'] });
    const filled = headers.map((header) => header.replace('KEY', able.key));
    expectFinal(await sendRaw(baseUrl, expecting('POST', '/api/keys', ...filled)), status);
  });

  it('asks for no body of a path or a method that does not exist, or of a stream that is refused', async () => {
    const length = 'Content-Length: 5';
    expectFinal(await sendRaw(baseUrl, expecting('POST', '/api/nothing', length)), 404);
    expectFinal(await sendRaw(baseUrl, expecting('PUT', '/api/keys', length)), 405);
    const stream = ['Content-Type: application/octet-stream', length, `X-API-Key: ${key.key}`];
    expectFinal(await sendRaw(baseUrl, expecting('POST', '/api/compression/compress?level=99', ...stream)), 400);
  });

  it.each([
    ['application/json', '{"data":"x"}', 200],
    ['application/octet-stream', 'the bytes of a stream', 200],
    ['application/json', '{"data"', 400],
  ])('asks once for a body of %s that is going to be read', async (mediaType, body, status) => {
    const headers = [`Content-Type: ${mediaType}`, `Content-Length: ${body.length}`, `X-API-Key: ${key.key}`];
    const head = expecting('POST', '/api/compression/compress', 'Connection: close', ...headers);
    const answer = await sendRaw(baseUrl, head, { onAnswer: body });
    expect(answer.status).toBe(100);
    expect(answer.body).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.body.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  });

  it('is ignored in HTTP/1.0, which has no interim answers', async () => {
    const lines = ['POST /api/keys HTTP/1.0', `Host: ${host}`, 'Expect: 100-continue', 'Content-Length: 2'];
    const answer = await ask([...lines, 'Content-Type: application/json'], '{}');
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('name') });
    expect(answer.body).not.toMatch(/^HTTP\/1\.1 100/m);
  });

  it.each([['miracles'], ['100-continue, miracles'], ['100-continuation']])(
    'is the only expectation that is known: "%s" is 417',
    async (value) => {
      expectRefused(await ask(['GET /api/keys HTTP/1.1', `Host: ${host}`, `Expect: ${value}`]), 417, 'REQ_012');
    },
  );
});
