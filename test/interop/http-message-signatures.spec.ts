import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createSigner, httpbis } from 'http-message-signatures';
import { documentedCode, runDocumented } from '../guide/documented-code.ts';
import { type Answer, Client, type ProblemBody } from '../support/client.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../support/people.ts';
import { contentDigest } from '../support/signing.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
const COMPRESS = '/api/compression/compress';
const STATS = '/api/compression/stats';
/** What each request covers, besides the query and the digest of a body. */
const FIELDS = ['@method', '@authority', '@path'];
const PARAMETERS = ['created', 'expires', 'nonce', 'keyid', 'alg'];
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  person = await newPerson();
  key = await newKey(person.client, { require_signature: true, min_signature: 'rfc9421' });
});

/** A request as it is handed to the package, and as it is sent. */
interface Message {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Buffer<ArrayBuffer>;
}

interface Signing {
  readonly fields?: readonly string[];
  readonly params?: readonly string[];
  readonly paramValues?: Record<string, Date | string>;
  readonly secret?: string;
}

function message(method: string, path: string, body?: Message['body'], type = 'application/json'): Message {
  const headers = { 'X-API-Key': key.key };
  if (body === undefined) return { method, url: baseUrl + path, headers };
  const digested = { ...headers, 'content-type': type, 'Content-Digest': contentDigest(body) };
  return { method, url: baseUrl + path, headers: digested, body };
}

/** Signs as the package does by itself, except for the nonce, which it leaves to its user. */
async function signed(unsigned: Message, signing: Signing = {}): Promise<Message> {
  const fields = [
    ...FIELDS,
    ...(unsigned.url.includes('?') ? ['@query'] : []),
    ...(unsigned.body === undefined ? [] : ['content-type', 'content-digest']),
  ];
  const { headers } = await httpbis.signMessage(
    {
      key: createSigner(signing.secret ?? key.api_secret, 'hmac-sha256', key.id),
      fields: [...(signing.fields ?? fields)],
      params: [...(signing.params ?? PARAMETERS)],
      paramValues: { nonce: randomBytes(16).toString('base64url'), ...signing.paramValues },
    },
    unsigned,
  );
  return { ...unsigned, headers };
}

function send({ method, url, headers, body }: Message): Promise<Answer<ProblemBody>> {
  const path = url.slice(new URL(url).origin.length);
  return new Client(baseUrl).request(method, path, { headers, ...(body !== undefined && { raw: body }) });
}

async function operations(): Promise<number> {
  return (await person.client.get<{ operations: number }>(STATS)).body.operations;
}

async function expectRefused(tampered: Message, code = 'AUTH_011'): Promise<ProblemBody> {
  const before = await operations();
  const { status, body } = await send(tampered);
  expect({ status, code: body.code }).toEqual({ status: 401, code });
  expect(await operations()).toBe(before);
  return body;
}

const compression = (): Message => message('POST', COMPRESS, '{"data": {"é": 1.0, "n": 12345678901234567890}}');

describe('a request signed by the npm package http-message-signatures', () => {
  it.each<[string, () => Message, Signing]>([
    ['without a body', () => message('GET', STATS), {}],
    ['with a query', () => message('GET', `${STATS}?from=2024-01-01T00%3A00%3A00Z&group_by=time&interval=day`), {}],
    ['with a JSON body', compression, {}],
    ['with a stream', () => message('POST', `${COMPRESS}?algorithm=gzip`, randomBytes(70_000), 'text/plain'), {}],
    [
      'covering @target-uri',
      () => message('GET', `${STATS}?group_by=time&interval=day`),
      { fields: ['@method', '@target-uri'] },
    ],
    [
      'covering @request-target',
      () => message('GET', `${STATS}?group_by=time&interval=day`),
      { fields: ['@request-target', '@authority', '@method', '@scheme', 'x-api-key'] },
    ],
    [
      'covering a single parameter of the query besides',
      () => message('GET', `${STATS}?group_by=time&interval=day`),
      { fields: [...FIELDS, '@query', '@query-param;name="interval"'] },
    ],
    ['with the fewest parameters', () => message('GET', STATS), { params: ['created', 'nonce'] }],
    [
      'with a tag and a parameter of its own',
      () => message('GET', STATS),
      { params: [...PARAMETERS, 'tag', 'x-mine'], paramValues: { tag: 'a-robot', 'x-mine': 'a "quoted" \\ text' } },
    ],
  ])('is accepted %s', async (_name, unsigned, signing) => {
    expect((await send(await signed(unsigned(), signing))).status).toBe(200);
  });

  it('is accepted as the documentation signs it', async () => {
    const unsigned = {
      method: 'POST',
      url: baseUrl + COMPRESS,
      headers: { 'X-API-Key': key.key },
      body: '{"data": 1}',
    };
    const signedMessage = runDocumented<Message>(
      documentedCode('signing.md', 'sign-message.mjs'),
      `signMessage(${[key.id, key.api_secret, unsigned].map((value) => JSON.stringify(value)).join(', ')})`,
    );
    expect((await send({ ...unsigned, headers: signedMessage.headers })).status).toBe(200);
  });

  it('runs once', async () => {
    const request = await signed(compression());
    const before = await operations();
    expect((await send(request)).status).toBe(200);
    const again = await send(request);
    expect({ status: again.status, code: again.body.code }).toEqual({ status: 401, code: 'AUTH_012' });
    expect(await operations()).toBe(before + 1);
  });

  it.each<[string, (request: Message) => Message]>([
    ['its body', (request) => ({ ...request, body: '{"data": 2}' })],
    ['the spelling of its body', (request) => ({ ...request, body: String(request.body).replaceAll(' ', '') })],
    [
      'its body and the digest',
      (request) => ({
        ...request,
        ...withHeader(request, 'Content-Digest', contentDigest('{"data": 2}')),
        body: '{"data": 2}',
      }),
    ],
    ['its path', (request) => ({ ...request, url: request.url.replace(/compress$/, 'decompress') })],
    ['a query added', (request) => ({ ...request, url: `${request.url}?algorithm=gzip` })],
    ['a covered header', (request) => withHeader(request, 'content-type', 'application/json; charset=utf-8')],
    [
      'a header taken away',
      ({ headers: { 'Content-Digest': _digest, ...headers }, ...request }) => ({ ...request, headers }),
    ],
    ['the nonce', (request) => changed(request, 'Signature-Input', 'nonce="', 'nonce="x')],
    [
      'the time',
      (request) => changed(request, 'Signature-Input', /\d(?=;expires)/, (digit) => (digit === '9' ? '8' : '9')),
    ],
    ['the end', (request) => changed(request, 'Signature-Input', /;expires=\d+/, '')],
    ['the key', (request) => changed(request, 'Signature-Input', /;keyid="[^"]+"/, '')],
    ['what is covered', (request) => changed(request, 'Signature-Input', ' "content-type"', '')],
    [
      'the order of it',
      (request) => changed(request, 'Signature-Input', '"@method" "@authority"', '"@authority" "@method"'),
    ],
    [
      'a bit of the signature',
      (request) => changed(request, 'Signature', /sig=:(.)/, (_match, first) => `sig=:${first === 'A' ? 'B' : 'A'}`),
    ],
  ])('is refused with %s changed on the way, which costs the genuine one nothing', async (_name, tamper) => {
    const request = await signed(compression());
    const tampered = tamper(request);
    expect(tampered).not.toEqual(request);
    await expectRefused(tampered);
    expect((await send(request)).status).toBe(200);
  });

  it.each<[string, Signing, string]>([
    ['with another secret', { secret: 'not the secret' }, 'does not match the request'],
    ['without a nonce', { params: ['created', 'keyid'] }, 'must have a nonce'],
    ['without a time', { params: ['nonce', 'keyid'] }, 'must have a created'],
    [
      'with a time that is over',
      { paramValues: { created: new Date(Date.now() - 400_000) } },
      "behind the server's clock",
    ],
    ['for another key', { paramValues: { keyid: crypto.randomUUID() } }, 'must be the id of the API key'],
    ['by an algorithm of another name', { paramValues: { alg: 'rsa-pss-sha512' } }, 'must be hmac-sha256'],
    ['without its body', { fields: FIELDS }, 'must cover content-digest'],
    ['as the package has it by default', { fields: [] }, 'must cover @method'],
  ])('is refused when it is signed %s', async (_name, signing, detail) => {
    expect((await expectRefused(await signed(compression(), signing))).detail).toContain(detail);
  });

  it('is refused when it was signed for another host', async () => {
    const unsigned = compression();
    const elsewhere = await signed({ ...unsigned, url: `https://api.example.com${COMPRESS}` });
    expect((await expectRefused(elsewhere)).detail).toContain('does not match the request');
  });
});

function withHeader(request: Message, name: string, value: string): Message {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

function changed(
  request: Message,
  header: string,
  part: string | RegExp,
  replacement: string | ((...match: string[]) => string),
): Message {
  const value = (request.headers[header] ?? '').replace(part, replacement as string);
  return withHeader(request, header, value);
}
