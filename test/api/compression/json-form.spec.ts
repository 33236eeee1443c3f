import { createHash } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { newKey, newPerson } from '../../support/people.ts';

interface Compressed {
  readonly algorithm: string;
  readonly level: number;
  readonly original_size: number;
  readonly compressed_size: number;
  readonly ratio: number;
  readonly saved_percent: number;
  readonly checksum: string;
  readonly encoding: string;
  readonly data: string;
}

let client: Client;
beforeAll(async () => {
  const person = await newPerson();
  client = person.client.with({ apiKey: (await newKey(person.client)).key });
});

function compress(body: unknown) {
  return client.post<Compressed>('/api/compression/compress', body);
}

describe('POST /api/compression/compress, JSON form', () => {
  it('compresses a JSON value as the exact characters received', async () => {
    const text = '{"n": 1.0, "big": 12345678901234567890, "s": "\\u00e9"}';
    const answer = await client.post<Compressed>('/api/compression/compress', undefined, {
      raw: `{"data":${text},"algorithm":"gzip"}`,
    });
    expect(answer.status).toBe(200);
    expect(gunzipSync(Buffer.from(answer.body.data, 'base64')).toString()).toBe(text);
    expect(answer.body.checksum).toBe(createHash('sha256').update(text).digest('hex'));
    expect(answer.body).toMatchObject({ algorithm: 'gzip', level: 6, encoding: 'json', original_size: text.length });
  });

  it('compresses with zstd unless told otherwise, and its figures agree with its data', async () => {
    const answer = await compress({ data: 'a'.repeat(10_000), encoding: 'utf8' });
    const bytes = Buffer.from(answer.body.data, 'base64');
    expect(answer.body).toMatchObject({ algorithm: 'zstd', level: 3, original_size: 10_000 });
    expect(bytes.length).toBe(answer.body.compressed_size);
    expect(zstdDecompressSync(bytes).toString()).toBe('a'.repeat(10_000));
    expect(answer.body.ratio).toBeCloseTo(10_000 / bytes.length, 2);
    expect(answer.body.saved_percent).toBeCloseTo(100 - bytes.length / 100, 1);
  });

  it.each(['zstd', 'brotli', 'gzip', 'deflate'])('gives the bytes back through decompress: %s', async (algorithm) => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 256));
    const { body } = await compress({ data: bytes.toString('base64'), encoding: 'base64', algorithm });
    const back = await client.post<{ data: string; checksum: string }>('/api/compression/decompress', {
      data: body.data,
      algorithm,
      encoding: 'base64',
    });
    expect(back.status).toBe(200);
    expect(Buffer.from(back.body.data, 'base64').equals(bytes)).toBe(true);
    expect(back.body.checksum).toBe(body.checksum);
  });

  it.each([
    ['data', {}],
    ['level', { data: 1, level: 20 }],
    ['level', { data: 1, algorithm: 'gzip', level: 0 }],
    ['level', { data: 1, level: '3' }],
    ['algorithm', { data: 1, algorithm: 'lzma' }],
    ['data', { data: 1, encoding: 'utf8' }],
    ['data', { data: 'a', encoding: 'base64' }],
    ['data', { data: 'YQ', encoding: 'base64' }],
    ['data', { data: '\ud800', encoding: 'utf8' }],
    ['encoding', { data: 1, encoding: 'hex' }],
    ['levl', { data: 1, levl: 3 }],
  ])('400 names %s in %j', async (field, body) => {
    const answer = await client.post('/api/compression/compress', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  it.each([[[1, 2]], ['text'], [7], [null], [{ hello: 'world' }]])(
    'tells a body without data to wrap it: %j',
    async (body) => {
      const answer = await client.post('/api/compression/compress', body);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('wrap the value');
    },
  );
});

describe('POST /api/compression/decompress, JSON form', () => {
  it.each([
    ['corrupt', 'aGVsbG8gd29ybGQ='],
    ['truncated', 'H4sIAAAAAAAAAw=='],
  ])('422 for %s input, and it is not counted', async (_name, data) => {
    const before = await client.get('/api/compression/stats');
    const answer = await client.post('/api/compression/decompress', { data, algorithm: 'gzip' });
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('COMP_001');
    expect((await client.get('/api/compression/stats')).text).toBe(before.text);
  });

  it('413 beyond the limit of a JSON answer', async () => {
    const { body } = await compress({ data: 'x'.repeat(9 * 1024 * 1024), encoding: 'utf8', algorithm: 'gzip' });
    const twice = Buffer.concat([Buffer.from(body.data, 'base64'), Buffer.from(body.data, 'base64')]);
    const answer = await client.post('/api/compression/decompress', {
      data: twice.toString('base64'),
      algorithm: 'gzip',
      encoding: 'utf8',
    });
    expect(answer.status).toBe(413);
    expect(answer.body.code).toBe('COMP_002');
  });

  it('400 when the original cannot be given in the encoding asked for', async () => {
    const { body } = await compress({ data: '/w==', encoding: 'base64' });
    for (const encoding of ['json', 'utf8']) {
      const answer = await client.post('/api/compression/decompress', { data: body.data, encoding });
      expect(answer.status).toBe(400);
      expect(answer.body.errors?.[0]?.field).toBe('encoding');
    }
  });
});

describe('GET /api/compression/stats', () => {
  it('equals the sum of the answers, at once', async () => {
    const person = await newPerson();
    const key = person.client.with({ apiKey: (await newKey(person.client)).key });
    let original = 0;
    let compressed = 0;
    for (const algorithm of ['gzip', 'zstd', 'gzip']) {
      const { body } = await key.post<Compressed>('/api/compression/compress', {
        data: { algorithm, x: 'y'.repeat(500) },
        algorithm,
      });
      original += body.original_size;
      compressed += body.compressed_size;
    }
    const stats = await key.get<Record<string, unknown>>('/api/compression/stats');
    expect(stats.body).toMatchObject({
      operations: 3,
      bytes_in: original,
      bytes_out: compressed,
      saved_bytes: original - compressed,
      by_algorithm: [
        { algorithm: 'zstd', operations: 1 },
        { algorithm: 'gzip', operations: 2 },
      ],
    });
    expect((await person.client.get('/api/compression/stats')).text).toBe(stats.text);
  });

  it('shows nothing of anybody else', async () => {
    const stranger = await newPerson();
    expect((await stranger.client.get('/api/compression/stats')).body).toMatchObject({
      operations: 0,
      by_algorithm: [],
    });
  });
});
