import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { type MintedKey, newKey, newPerson } from '../../support/people.ts';
import { contentDigest, signedHeaders } from '../../support/signing.ts';
import { headOf, openStream, problemIn, sendStream, type StreamedAnswer } from '../../support/streamed.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const COMPRESS = '/api/compression/compress';
const DECOMPRESS = '/api/compression/decompress';
const TEXT = Buffer.from('{"line":"the same and the same again"}\n'.repeat(2_000));
/** Does not get smaller, so the answer is longer than what is held back. */
const NOISE = randomBytes(300_000);

let apiKey: string;
beforeAll(async () => {
  apiKey = (await newKey((await newPerson()).client)).key;
});

function send(path: string, body: Uint8Array | Readable, headers?: Record<string, string>): Promise<StreamedAnswer> {
  return sendStream({ baseUrl, path, apiKey, ...(headers && { headers }) }, body);
}

function inPieces(bytes: Buffer, size: number): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
  );
}

const OPEN = {
  zstd: zlib.zstdDecompressSync,
  brotli: zlib.brotliDecompressSync,
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
} as const;
const ALGORITHMS = ['zstd', 'brotli', 'gzip', 'deflate'] as const;

describe('POST /api/compression/compress, streamed form', () => {
  it.each(ALGORITHMS)('gives what %s opens, with its figures as headers', async (algorithm) => {
    const { status, headers, body } = await send(`${COMPRESS}?algorithm=${algorithm}`, TEXT);
    expect(status).toBe(200);
    expect(OPEN[algorithm](body).equals(TEXT)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(body.length),
      'x-compression-algorithm': algorithm,
      'x-compression-original-size': String(TEXT.length),
      'x-compression-compressed-size': String(body.length),
      'x-compression-checksum': createHash('sha256').update(TEXT).digest('hex'),
    });
    expect(Number(headers['x-compression-ratio'])).toBeCloseTo(TEXT.length / body.length, 2);
    expect(headers['content-encoding']).toBeUndefined();
  });

  it('sends the figures of a long answer as trailers', async () => {
    const { headers, trailers, body } = await send(`${COMPRESS}?algorithm=gzip&level=1`, inPieces(NOISE, 10_000));
    expect(zlib.gunzipSync(body).equals(NOISE)).toBe(true);
    expect(headers).toMatchObject({ 'transfer-encoding': 'chunked', 'x-compression-level': '1' });
    expect(headers.trailer).toContain('X-Compression-Checksum');
    expect(trailers).toEqual({
      'x-compression-original-size': String(NOISE.length),
      'x-compression-compressed-size': String(body.length),
      'x-compression-ratio': '1',
      'x-compression-checksum': createHash('sha256').update(NOISE).digest('hex'),
    });
  });

  it.each([
    ['', '3'],
    ['?level=small', '19'],
    ['?algorithm=brotli&level=fast', '1'],
    ['?algorithm=gzip&level=balanced', '6'],
    ['?algorithm=deflate&level=9', '9'],
  ])('knows levels by number and by name: %s', async (query, level) => {
    const { status, headers } = await send(`${COMPRESS}${query}`, TEXT);
    expect(status).toBe(200);
    expect(headers['x-compression-level']).toBe(level);
  });

  it('compresses nothing to the frame of nothing', async () => {
    const { status, headers, body } = await send(`${COMPRESS}?algorithm=gzip`, Buffer.of());
    expect(status).toBe(200);
    expect(zlib.gunzipSync(body)).toHaveLength(0);
    expect(headers['x-compression-ratio']).toBe('0');
  });

  it.each([
    ['level', '?level=20'],
    ['level', '?algorithm=gzip&level=0'],
    ['level', '?level=quick'],
    ['algorithm', '?algorithm=lzma'],
    ['levl', '?levl=3'],
    ['dictionary_id', '?algorithm=gzip&dictionary_id=018cf2b8-3c00-7000-8000-000000000000'],
  ])('400 names %s in %s', async (field, query) => {
    const answer = await send(`${COMPRESS}${query}`, TEXT);
    expect(answer.status).toBe(400);
    expect(problemIn(answer).errors?.map((error) => error.field)).toContain(field);
  });

  it('404 for a dictionary that is none', async () => {
    const answer = await send(`${COMPRESS}?dictionary_id=018cf2b8-3c00-7000-8000-000000000000`, TEXT);
    expect(answer.status).toBe(404);
    expect(problemIn(answer).code).toBe('COMP_003');
  });

  it.each([
    ['application/x-www-form-urlencoded', undefined],
    ['multipart/form-data; boundary=x', undefined],
    ['application/json; charset=utf-16', undefined],
    ['application/octet-stream', 'gzip'],
  ])('415 for %s with Content-Encoding %s', async (type, encoding) => {
    const headers = { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
    const answer = await send(COMPRESS, TEXT, headers);
    expect(answer.status).toBe(415);
    expect(problemIn(answer).code).toBe('REQ_004');
  });

  it('401 for a stranger, before the body is read', async () => {
    const outgoing = openStream({ baseUrl, path: COMPRESS, apiKey: 'kapi_prod_none' });
    outgoing.write(NOISE.subarray(0, 100));
    const { statusCode } = await headOf(outgoing);
    outgoing.destroy();
    expect(statusCode).toBe(401);
  });

  it('403 without write:compression', async () => {
    const person = await newPerson();
    const { key } = await newKey(person.client, { permissions: ['read:compression'] });
    expect((await sendStream({ baseUrl, path: COMPRESS, apiKey: key }, TEXT)).status).toBe(403);
  });
});

describe('POST /api/compression/decompress, streamed form', () => {
  it.each(ALGORITHMS)('gives back the bytes that %s compressed, short and long', async (algorithm) => {
    for (const original of [TEXT.subarray(0, 5_000), NOISE]) {
      const { body } = await send(`${COMPRESS}?algorithm=${algorithm}`, original);
      const back = await send(`${DECOMPRESS}?algorithm=${algorithm}`, inPieces(body, 7_001));
      expect(back.status).toBe(200);
      expect(back.body.equals(original)).toBe(true);
      const figures = { ...back.headers, ...back.trailers };
      expect(figures['x-compression-checksum']).toBe(createHash('sha256').update(original).digest('hex'));
      expect(figures['x-compression-compressed-size']).toBe(String(body.length));
      expect(figures['x-compression-level']).toBeUndefined();
    }
  });

  it('goes on through several members and frames', async () => {
    const twice = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')]);
    expect((await send(`${DECOMPRESS}?algorithm=gzip`, twice)).body.toString()).toBe('one two');
    const frames = Buffer.concat([zlib.zstdCompressSync('one '), zlib.zstdCompressSync('two')]);
    expect((await send(DECOMPRESS, frames)).body.toString()).toBe('one two');
  });

  const gzipped = zlib.gzipSync(TEXT.subarray(0, 30_000));
  const damaged = Buffer.from(gzipped);
  damaged.writeUInt32LE(0, gzipped.length - 8);
  it.each([
    ['foreign', Buffer.from('this was never compressed'), 'not valid'],
    ['damaged', damaged, 'not valid'],
    ['truncated', gzipped.subarray(0, -9), 'ends before'],
    ['followed by something else', Buffer.concat([gzipped, Buffer.from('more')]), 'followed by'],
    ['empty', Buffer.of(), 'no data'],
  ])('422 for input that is %s, and tells so', async (_name, input, detail) => {
    const answer = await send(`${DECOMPRESS}?algorithm=gzip`, input);
    expect(answer.status).toBe(422);
    expect(problemIn(answer)).toMatchObject({ code: 'COMP_001' });
    expect(problemIn(answer).detail).toContain(detail);
  });

  it.each(ALGORITHMS)(
    'breaks the transfer when %s turns out damaged after the head has gone out',
    async (algorithm) => {
      const { body } = await send(`${COMPRESS}?algorithm=${algorithm}`, randomBytes(2_000_000));
      await expect(send(`${DECOMPRESS}?algorithm=${algorithm}`, body.subarray(0, -10))).rejects.toThrow(
        /aborted|ECONNRESET/,
      );
    },
  );

  it('answers a sender that does not stop, and closes the connection', async () => {
    const headers = { connection: 'keep-alive' };
    const outgoing = openStream({ baseUrl, path: `${DECOMPRESS}?algorithm=gzip`, apiKey, headers });
    const closed = new Promise<void>((resolve) => outgoing.once('close', resolve));
    outgoing.write(NOISE);
    const { statusCode } = await headOf(outgoing);
    expect(statusCode).toBe(422);
    outgoing.on('error', () => undefined);
    const drip = setInterval(() => outgoing.write('more'), 50);
    await closed;
    clearInterval(drip);
  });
});

describe('a stream whose client leaves', () => {
  it('gives its place back and is not counted', async () => {
    const { client } = await newPerson();
    const { key } = await newKey(client);
    const target = { baseUrl, path: `${COMPRESS}?algorithm=gzip`, apiKey: key };
    const open = Array.from({ length: 4 }, () => openStream(target));
    for (const outgoing of open) {
      outgoing.on('error', () => undefined);
      outgoing.write('begun');
    }
    const refused = await eventually(async () => {
      const answer = await sendStream(target, TEXT);
      return answer.status === 503 && answer;
    });
    expect(problemIn(refused)).toMatchObject({ code: 'SRV_002' });
    expect(refused.headers['retry-after']).toBe('1');
    const before = await client.get<{ operations: number }>('/api/compression/stats');
    for (const outgoing of open) outgoing.destroy();
    await eventually(async () => (await sendStream(target, TEXT)).status === 200);
    const after = await client.get<{ operations: number }>('/api/compression/stats');
    expect(after.body.operations).toBe(before.body.operations + 1);
  });

  it('does not take a slow place from another owner', async () => {
    const others = await Promise.all([newPerson(), newPerson()].map(async (person) => newKey((await person).client)));
    const [first, second] = others.map(({ key }) => ({
      baseUrl,
      path: `${COMPRESS}?algorithm=brotli&level=11`,
      apiKey: key,
    }));
    if (!first || !second) throw new Error('two owners');
    const held = openStream(first);
    held.on('error', () => undefined);
    held.write('begun');
    await eventually(async () => (await sendStream(first, TEXT)).status === 503);
    expect((await sendStream(second, TEXT)).status).toBe(200);
    held.destroy();
  });
});

describe('the JSON form beside it', () => {
  it('takes no query parameters', async () => {
    const answer = await send(`${COMPRESS}?level=9`, Buffer.from('{"data":1}'), { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(problemIn(answer).errors).toEqual([{ field: 'level', message: 'belongs into the JSON body' }]);
  });

  it('knows levels by name, and still wants a body', async () => {
    const json = { 'content-type': 'application/json' };
    const named = await send(COMPRESS, Buffer.from('{"data":1,"level":"small"}'), json);
    expect(JSON.parse(named.body.toString())).toMatchObject({ level: 19 });
    const empty = await send(COMPRESS, Buffer.of(), json);
    expect(empty.status).toBe(400);
    expect(problemIn(empty).detail).toContain('wrap the value');
  });
});

describe('a signed stream', () => {
  const SIGNED_PATH = `${COMPRESS}?algorithm=gzip`;

  function signed(signer: MintedKey, of: Buffer): Record<string, string> {
    const text = `<${createHash('sha256').update(of).digest('hex')}>`;
    const { 'X-API-Key': _key, ...headers } = signedHeaders(signer, { method: 'POST', target: SIGNED_PATH, text });
    return { ...headers, 'Content-Digest': contentDigest(of) };
  }

  it('is compressed when it is what was signed', async () => {
    const signer = await newKey((await newPerson()).client, { require_signature: true });
    const headers = signed(signer, NOISE);
    const answer = await sendStream({ baseUrl, path: SIGNED_PATH, apiKey: signer.key, headers }, NOISE);
    expect(zlib.gunzipSync(answer.body).equals(NOISE)).toBe(true);
  });

  it('is refused when it is not, or broken off when the head has gone out, and not counted', async () => {
    const person = await newPerson();
    const signer = await newKey(person.client, { require_signature: true });
    // far more than may wait inside the server: the fault shows at the end, when the head has long gone out
    const changed = randomBytes(4_000_000);
    const headers = signed(signer, changed);
    changed.writeUInt8(changed.readUInt8(9) ^ 1, 9);
    const long = { baseUrl, path: SIGNED_PATH, apiKey: signer.key, headers };
    await expect(sendStream(long, changed)).rejects.toThrow(/aborted|ECONNRESET/);
    const short = { ...long, headers: signed(signer, TEXT) };
    const refused = await sendStream(short, Buffer.concat([TEXT, Buffer.from('!')]));
    expect(refused.status).toBe(401);
    expect(problemIn(refused).code).toBe('AUTH_011');
    expect((await person.client.get('/api/compression/stats')).body).toMatchObject({ operations: 0 });
  });
});
