import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Client } from '../support/client.ts';
import { expectStatus, newKey, newPerson } from '../support/people.ts';
import { sendStream } from '../support/streamed.ts';
import { world } from '../support/world.ts';

// What goes in comes out: over arbitrary bytes, every JSON text, and every chunking of a stream.

const [baseUrl] = world().servers;
const algorithms = fc.constantFrom('zstd', 'brotli', 'gzip', 'deflate');
const levels = fc.constantFrom(undefined, 'fast', 'balanced', 'small');
const RUNS = { numRuns: 40 };

interface Compressed {
  readonly data: string;
  readonly checksum: string;
  readonly original_size: number;
}

let client: Client;
let apiKey: string;
beforeAll(async () => {
  const person = await newPerson();
  apiKey = (await newKey(person.client)).key;
  client = person.client.with({ apiKey });
});

/** Bytes of any kind: random ones, and ones that repeat. */
const bytes = fc
  .tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 2, 50, 1000))
  .map(([part, times]) => Buffer.concat(Array<Uint8Array>(times).fill(part)));

/** JSON texts that lose something in most implementations, and any others, written in any way. */
const jsonText = fc.oneof(
  fc.constantFrom(
    '1.0',
    '-0',
    '1e400',
    '12345678901234567890123456789',
    '0.1000000000000000055511151231257827',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '{"__proto__":{"polluted":true}}',
    '{"constructor":1,"prototype":2,"toString":3}',
    '{"b":1,"a":2,"10":3,"9":4}',
    '  [ 1 ,\t2 ,\n3 ]',
    '"\\u00e9 é \\/ /"',
    '""',
    'null',
    '[]',
  ),
  fc
    .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'))
    .map(([value, space]) => JSON.stringify(value, null, space)),
);

describe('decompress after compress', () => {
  it('is identity over bytes, in the JSON form', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, algorithms, levels, async (original, algorithm, level) => {
        const there = await client.post<Compressed>('/api/compression/compress', {
          data: original.toString('base64'),
          encoding: 'base64',
          algorithm,
          ...(level && { level }),
        });
        expect(expectStatus(there, 200).body.checksum).toBe(createHash('sha256').update(original).digest('hex'));
        const back = await client.post<Compressed>('/api/compression/decompress', {
          data: there.body.data,
          algorithm,
          encoding: 'base64',
        });
        expect(expectStatus(back, 200).body.data).toBe(original.toString('base64'));
        expect(back.body.checksum).toBe(there.body.checksum);
      }),
      RUNS,
    );
  });

  it('gives every JSON text back in its own characters', async () => {
    await fc.assert(
      fc.asyncProperty(jsonText, algorithms, async (text, algorithm) => {
        const there = await client.post<Compressed>('/api/compression/compress', undefined, {
          raw: `{"algorithm":"${algorithm}", "data" :${text}}`,
        });
        const original = text.trim();
        expect(expectStatus(there, 200).body.original_size).toBe(Buffer.byteLength(original));
        const back = await client.post('/api/compression/decompress', { data: there.body.data, algorithm });
        expect(expectStatus(back, 200).text.endsWith(`,"data":${original}}`)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is identity over streams, however they are cut', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(bytes, cuts, cuts, algorithms, async (original, cutsThere, cutsBack, algorithm) => {
        const there = await streamed(`compress?algorithm=${algorithm}`, original, cutsThere);
        const back = await streamed(`decompress?algorithm=${algorithm}`, there, cutsBack);
        expect(back.equals(original)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is the same in both forms', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, algorithms, async (original, algorithm) => {
        const there = await streamed(`compress?algorithm=${algorithm}`, original, [1000]);
        const back = await client.post<Compressed>('/api/compression/decompress', {
          data: there.toString('base64'),
          algorithm,
          encoding: 'base64',
        });
        expect(expectStatus(back, 200).body.data).toBe(original.toString('base64'));
      }),
      { numRuns: 15 },
    );
  });
});

/** Sends bytes in pieces of the given sizes, again and again; what comes back. */
async function streamed(operation: string, original: Buffer, cuts: readonly number[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < original.length; at += pieces.at(-1)?.length ?? 1) {
    pieces.push(original.subarray(at, at + (cuts[pieces.length % cuts.length] ?? 1)));
  }
  const path = `/api/compression/${operation}`;
  const { status, body } = await sendStream({ baseUrl, path, apiKey }, Readable.from(pieces));
  if (status !== 200) throw new Error(body.toString());
  return body;
}
