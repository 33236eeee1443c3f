import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

// Memory is measured in a process of its own, which runs compiled code: `npm run build` comes before the specs.
const CODEC = new URL('../../../../dist/modules/compression/codec/index.js', import.meta.url).href;
const GROWTH_MIB_MAX = 64;

const PRELUDE = `
  import { readFileSync } from 'node:fs';
  import zlib from 'node:zlib';
  import { Readable } from 'node:stream';
  import { pipeline } from 'node:stream/promises';
  import * as codec from ${JSON.stringify(CODEC)};
  const MIB = 1024 * 1024;
  const zeros = Buffer.alloc(MIB);
  // On Linux maxRSS begins with the parent's, which is far larger; the high-water mark of the memory itself does not.
  const peakMib = () =>
    (process.platform === 'linux'
      ? Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
      : process.resourceUsage().maxRSS) / 1024;
  async function packed(engine, mebibytes) {
    const chunks = [];
    await pipeline(
      Readable.from((function* () { for (let i = 0; i < mebibytes; i += 1) yield zeros; })()),
      engine,
      async (output) => { for await (const chunk of output) chunks.push(chunk); },
    );
    return Buffer.concat(chunks);
  }
  async function drain(bytes, options) {
    let size = 0;
    await pipeline(Readable.from([bytes]), codec.createDecompressor(options), async (output) => {
      for await (const chunk of output) size += chunk.length;
    });
    return size;
  }
  const reasonOf = (promise) => promise.then((output) => 'accepted ' + (output.length ?? output), (error) => error.reason ?? String(error));
`;

const EXPLODE = `
  import { buffer as readAll } from 'node:stream/consumers';
  const bytes = await readAll(process.stdin);
  const options = { algorithm: process.env.ALGORITHM, outputLimitBytes: 16 * MIB };
  const base = peakMib();
  const decompress = process.env.FORM === 'stream' ? drain : codec.decompressBuffer;
  const answer = await reasonOf(decompress(bytes, options));
  console.log([answer, Math.round(peakMib() - base)].join());
`;

const LONG_STREAM = `
  import { randomBytes } from 'node:crypto';
  const block = Buffer.concat([randomBytes(MIB / 4), Buffer.alloc((MIB * 3) / 4, 'the same again, ')]);
  const algorithm = process.env.ALGORITHM;
  const base = peakMib();
  let sizeMib = 0;
  await pipeline(
    Readable.from((function* () { for (let i = 0; i < 192; i += 1) yield block; })()),
    codec.createCompressor({ algorithm, level: algorithm === 'brotli' ? 1 : 3 }),
    codec.createDecompressor({ algorithm, outputLimitBytes: 192 * MIB }),
    async (output) => { for await (const chunk of output) sizeMib += chunk.length / MIB; },
  );
  console.log([sizeMib, Math.round(peakMib() - base)].join());
`;

/** What a program prints that runs in a process of its own. */
function program(code: string, env: Record<string, string>, input: Uint8Array = Buffer.of()): Buffer {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PRELUDE + code], {
    input,
    env: { ...process.env, ...env },
    timeout: 30_000,
    maxBuffer: 64 << 20,
  });
  if (status !== 0) {
    throw new Error(stderr.toString());
  }
  return stdout;
}

/** Makes a bomb of an expression in one process and opens it in two more, in either form, with a limit of 16 MiB. */
function explode(algorithm: string, build: string): { sizeBytes: number; answers: string[]; growthMib: number } {
  const bomb = program(`process.stdout.write(${build});`, {});
  const reports = ['buffer', 'stream'].map((form) => {
    const [answer = '', growth] = program(EXPLODE, { ALGORITHM: algorithm, FORM: form }, bomb).toString().split(',');
    return { answer, growthMib: Number(growth) };
  });
  return {
    sizeBytes: bomb.length,
    answers: reports.map(({ answer }) => answer),
    growthMib: Math.max(...reports.map(({ growthMib }) => growthMib)),
  };
}

describe('a bomb is stopped at the limit, in little memory', () => {
  it.each([
    [
      'brotli',
      '1 GiB of zeros in about 1 kB',
      `await packed(codec.createCompressor({ algorithm: 'brotli', level: 9 }), 1024)`,
      2000,
    ],
    [
      'gzip',
      '1 GiB of zeros',
      `await packed(codec.createCompressor({ algorithm: 'gzip', level: 1 }), 1024)`,
      8_000_000,
    ],
    ['deflate', 'zeros', `await packed(codec.createCompressor({ algorithm: 'deflate', level: 9 }), 128)`, 200_000],
    ['zstd', '1 GiB of zeros', `await packed(codec.createCompressor({ algorithm: 'zstd', level: 3 }), 1024)`, 200_000],
    [
      'zstd',
      'a frame of run-length blocks, 4 bytes for 128 kB, that claims to be 1 byte long',
      `Buffer.concat([
        Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
        ...Array.from({ length: 8191 }, () => Buffer.from([0x02, 0x00, 0x10, 0x41])),
        Buffer.from([0x03, 0x00, 0x10, 0x41]),
      ])`,
      40_000,
    ],
    ['gzip', 'a thousand members of 1 MiB', `Buffer.concat(Array(1000).fill(zlib.gzipSync(zeros)))`, 1_200_000],
    ['zstd', 'a thousand frames of 1 MiB', `Buffer.concat(Array(1000).fill(zlib.zstdCompressSync(zeros)))`, 100_000],
  ])('%s: %s', (algorithm, _name, build, sizeBytesMax) => {
    const { answers, growthMib, sizeBytes } = explode(algorithm, build);
    expect(answers).toEqual(['output_limit', 'output_limit']);
    expect(sizeBytes).toBeLessThan(sizeBytesMax);
    expect(growthMib).toBeLessThan(GROWTH_MIB_MAX);
  });

  it('zstd: a window of 2 GiB is refused before it is made', () => {
    const bomb = 'Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x02, 0x00, 0x10, 0x41, 0x03, 0x00, 0x10, 0x41])';
    const { answers, growthMib } = explode('zstd', bomb);
    expect(answers).toEqual(['window_limit', 'window_limit']);
    expect(growthMib).toBeLessThan(GROWTH_MIB_MAX);
  });
});

describe('many small members are work in proportion', () => {
  it.each([
    ['gzip', `Buffer.concat(Array(100_000).fill(zlib.gzipSync('x')))`, 100_000],
    ['zstd', `Buffer.concat(Array(10_000).fill(zlib.zstdCompressSync('x')))`, 10_000],
  ])('%s', (algorithm, build, members) => {
    const { answers, growthMib } = explode(algorithm, build);
    expect(answers).toEqual([`accepted ${members}`, `accepted ${members}`]);
    expect(growthMib).toBeLessThan(GROWTH_MIB_MAX);
  });
});

describe('a long stream', () => {
  it.each(['gzip', 'zstd', 'brotli', 'deflate'])('of %s passes both ways in constant memory', (algorithm) => {
    const [sizeMib, growthMib] = program(LONG_STREAM, { ALGORITHM: algorithm }).toString().split(',');
    expect(Number(sizeMib)).toBe(192);
    expect(Number(growthMib)).toBeLessThan(GROWTH_MIB_MAX);
  });
});
