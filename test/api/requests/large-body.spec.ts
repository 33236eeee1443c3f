import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { type MintedKey, newKey, newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { signedHeaders } from '../../support/signing.ts';

const COMPRESS = '/api/compression/compress';
/** About nine megabytes: seconds of work for whoever reads it. */
const MEMBERS = Array.from({ length: 750_000 }, (_, number) => `"m${number.toString(36)}":1`).join(',');
const DATA = `{${MEMBERS}}`;
/** The fault stands at the very end, so the answer comes the moment the body has been read. */
const FAULTY = `{"data":{${MEMBERS},"m0":1}}`;
/** What Python's json.dumps prints of a body: names in the order of their characters. */
const CANONICAL = `{"data": {${MEMBERS.split(',')
  .map((member) => member.replace(':', ': '))
  .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  .join(', ')}}}`;
const OTHERS = 20;

interface Compressed {
  readonly data: string;
  readonly checksum: string;
  readonly original_size: number;
}

let database: TestDatabase;
let server: TestServer;
let key: MintedKey;
beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  key = await newKey((await newPerson(server.url)).client);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

function nameOf(member: string): string {
  return member.slice(0, member.indexOf(':'));
}

/** Posts JSON; `isSent` resolves once the last byte has left. */
function post(target: string, body: string, headers: Record<string, string>) {
  const { promise: answer, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = Promise.withResolvers<void>();
  const request = httpRequest(`${server.url}${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
  });
  request.once('error', reject);
  request.once('finish', sent.resolve);
  request.once('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  request.end(body);
  return { answer, isSent: sent.promise };
}

function signed(text: string): Record<string, string> {
  return signedHeaders(key, { method: 'POST', target: COMPRESS, text });
}

describe('while somebody’s large body of members is read', () => {
  it.each([
    ['sent with a key', () => ({ 'x-api-key': key.key }), 'The member data.m0 is named twice.'],
    ['signed', () => signed(CANONICAL), 'the object that ends here has two members of the same name'],
  ])('others are answered (%s)', async (_name, headers, detail) => {
    const { answer, isSent } = post(COMPRESS, FAULTY, headers());
    await isSent;
    let isAnswered = false;
    void answer.then(() => {
      isAnswered = true;
    });
    for (let number = 0; number < OTHERS; number += 1) {
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    }
    expect(isAnswered).toBe(false);
    const { status, text } = await answer;
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code: 'REQ_002', detail: expect.stringContaining(detail) });
  });
});

describe('a large body', () => {
  it.each([
    ['sent with a key', () => ({ 'x-api-key': key.key })],
    ['signed', () => signed(CANONICAL)],
  ])('is compressed in its exact characters, and given back (%s)', async (_name, headers) => {
    const { status, text } = await post(COMPRESS, `{"data":${DATA}}`, headers()).answer;
    expect(status).toBe(200);
    const { data, checksum, original_size: size } = JSON.parse(text) as Compressed;
    expect(size).toBe(DATA.length);
    expect(checksum).toBe(createHash('sha256').update(DATA).digest('hex'));
    expect(zlib.zstdDecompressSync(Buffer.from(data, 'base64')).toString() === DATA).toBe(true);
    const back = await post('/api/compression/decompress', JSON.stringify({ data }), { 'x-api-key': key.key }).answer;
    expect(back.status).toBe(200);
    expect(back.text.endsWith(`"data":${DATA}}`)).toBe(true);
  });

  it('that is not what was signed is refused, and its nonce is not spent', async () => {
    const headers = signed(CANONICAL);
    const changed = await post(COMPRESS, `{"data":{${MEMBERS.replace(':1', ':2')}}}`, headers).answer;
    expect(changed.status).toBe(401);
    expect(changed.text).toContain('The signature does not match the request.');
    expect((await post(COMPRESS, `{"data":${DATA}}`, headers).answer).status).toBe(200);
  });

  it('that decompresses to something else than JSON says so', async () => {
    const data = zlib.zstdCompressSync(DATA.slice(0, -1)).toString('base64');
    const answer = await post('/api/compression/decompress', JSON.stringify({ data }), { 'x-api-key': key.key }).answer;
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'REQ_001', errors: [{ field: 'encoding' }] });
  });

  it.each([
    ['a list where a text is needed', { data: Array(300_000).fill(1), encoding: 'utf8' }, ['data']],
    ['too many samples', { name: 'd', samples: Array(200_000).fill('s') }, ['samples']],
    [
      'samples that are none',
      { name: 'd', samples: Array(10_000).fill(123_456_789_012_345) },
      Array.from({ length: 50 }, (_, n) => `samples[${n}]`),
    ],
  ])('with %s is refused by name', async (_name, body, fields) => {
    const target = 'samples' in body ? '/api/compression/dictionaries' : COMPRESS;
    const { status, text } = await post(target, JSON.stringify(body), { 'x-api-key': key.key }).answer;
    expect(status).toBe(400);
    const { code, errors } = JSON.parse(text) as { code: string; errors: { field: string }[] };
    expect(code).toBe('REQ_001');
    expect(errors.map(({ field }) => field).slice(0, fields.length)).toEqual(fields);
  });

  it('of more members than any operation takes is refused', async () => {
    const { status, text } = await post(COMPRESS, DATA, { 'x-api-key': key.key }).answer;
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code: 'REQ_002', detail: 'The body has more than 1000 members.' });
  });
});
