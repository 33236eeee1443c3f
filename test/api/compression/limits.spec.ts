import { readFileSync } from 'node:fs';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { problemIn, sendStream, type StreamedAnswer } from '../../support/streamed.ts';

// The dangers: a few bytes that stand for gigabytes, windows as large as the memory, members without end.

const MIB = 1024 * 1024;
const GROWTH_MIB_MAX = 64;
const ZEROS = Buffer.alloc(MIB);

let database: TestDatabase;
let server: TestServer;
let apiKey: string;
beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    COMPRESSION_OUTPUT_LIMIT: '16MiB',
  });
  apiKey = (await newKey((await newPerson(server.url)).client)).key;
  // what the first use of each codec brings into memory is no growth
  for (const algorithm of ['zstd', 'brotli', 'gzip', 'deflate']) {
    await decompress(algorithm, (await stream(`compress?algorithm=${algorithm}`, ZEROS)).body);
  }
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

function stream(operation: string, body: Buffer): Promise<StreamedAnswer> {
  return sendStream({ baseUrl: server.url, path: `/api/compression/${operation}`, apiKey }, body);
}

function decompress(algorithm: string, body: Buffer): Promise<StreamedAnswer> {
  return stream(`decompress?algorithm=${algorithm}`, body);
}

/** Peak of the server's memory; null where the system does not tell. */
function peakMib(): number | null {
  if (process.platform !== 'linux') return null;
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
}

function brotliBomb(): Buffer {
  return zlib.brotliCompressSync(Buffer.alloc(64 * MIB), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } });
}

/** A frame whose header claims 2 KiB, of 8,192 run-length blocks of 128 KiB each: a gibibyte of 32 KiB. */
const LYING_ZSTD = Buffer.concat([
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x40, 0x38, 0x00, 0x07]),
  ...Array.from({ length: 8191 }, () => Buffer.from([0x02, 0x00, 0x10, 0x41])),
  Buffer.from([0x03, 0x00, 0x10, 0x41]),
]);
const WINDOW_OF_2_GIB = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x02, 0, 0x10, 0x41, 0x03, 0, 0x10, 0x41]);

/** Algorithm, what it is, the bytes, the status of the JSON form, and how the streamed form ends. */
const BOMBS: readonly (readonly [string, string, () => Buffer, number, number | 'broken'])[] = [
  ['brotli', 'a few bytes for 64 MiB', brotliBomb, 413, 'broken'],
  ['zstd', 'run-length blocks under a lying size', () => LYING_ZSTD, 422, 422],
  ['zstd', 'a window of 2 GiB', () => WINDOW_OF_2_GIB, 422, 422],
  ['gzip', 'a thousand members of 1 MiB', () => Buffer.concat(Array(1000).fill(zlib.gzipSync(ZEROS))), 413, 'broken'],
  ['deflate', '64 MiB of zeros', () => zlib.deflateSync(Buffer.alloc(64 * MIB)), 413, 'broken'],
];

describe('a bomb', () => {
  it.each(BOMBS)(
    '%s, %s: refused in both forms, with bounded memory, while others are served',
    async (algorithm, _name, build, jsonStatus, streamedEnd) => {
      const bomb = build();
      const before = peakMib();
      const [streamed, json, health] = await Promise.all([
        decompress(algorithm, bomb).catch(() => null),
        fetch(`${server.url}/api/compression/decompress`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
          body: JSON.stringify({ data: bomb.toString('base64'), algorithm, encoding: 'base64' }),
        }),
        fetch(`${server.url}/health/live`),
      ]);
      expect(streamed?.status ?? 'broken').toBe(streamedEnd);
      if (streamed) expect(problemIn(streamed).code).toMatch(/^COMP_00[12]$/);
      expect(json.status).toBe(jsonStatus);
      expect(health.status).toBe(200);
      expect((peakMib() ?? 0) - (before ?? 0)).toBeLessThan(GROWTH_MIB_MAX);
    },
  );
});

describe('the output limit', () => {
  it('lets through what has exactly so many bytes, and not one more', async () => {
    const exact = zlib.gzipSync(Buffer.alloc(16 * MIB));
    const { status, body } = await decompress('gzip', exact);
    expect([status, body.length]).toEqual([200, 16 * MIB]);
    await expect(decompress('gzip', zlib.gzipSync(Buffer.alloc(16 * MIB + 1)))).rejects.toThrow(/aborted|ECONNRESET/);
  });
});

describe('a long stream', () => {
  it('passes both ways in constant memory, however slowly the client reads', async () => {
    const period = Buffer.from(Array.from({ length: 20_000 }, (_, number) => `{"line":${number}}\n`).join(''));
    const before = peakMib();
    const original = Buffer.concat(Array(40).fill(period));
    for (let turn = 0; turn < 10; turn += 1) {
      const { body } = await stream('compress?algorithm=zstd', original);
      expect(body.length).toBeLessThan(original.length);
      const back = await decompress('zstd', body);
      expect(back.body.equals(original)).toBe(true);
    }
    expect((peakMib() ?? 0) - (before ?? 0)).toBeLessThan(GROWTH_MIB_MAX);
  });
});
