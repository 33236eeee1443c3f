// What the codec costs beside node:zlib itself: `npm run build`, then `node bench/codec.ts`.
// Rounds of both sides take turns, so that a noisy machine is noisy for both; a ratio is of one round, ours to raw.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import type * as Codec from '../src/modules/compression/codec/index.js';

const codec: typeof Codec = await import(new URL('../dist/modules/compression/codec/index.js', import.meta.url).href);

const MIB = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const ROUNDS = 7;
/** What the streams are to reach of node:zlib; buffers pay for the way to a worker. */
const STREAM_RATIO_MIN = 0.8;
/** More than any window, so that nothing is found again in a repetition. */
const PERIOD_BYTES = 16 * MIB;

/** A log of JSON lines: repetitive, with fresh numbers in every line. */
function jsonLines(sizeBytes: number): Buffer {
  let state = 1;
  const lines: string[] = [];
  for (let size = 0; size < sizeBytes; size += lines.at(-1)?.length ?? 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const [id, status] = [state.toString(16), 200 + (state % 5)];
    lines.push(`{"id":"${id}","path":"/api/compression/compress","status":${status},"took_us":${state % 7919}}\n`);
  }
  return Buffer.from(lines.join('')).subarray(0, sizeBytes);
}

interface Side {
  readonly name: string;
  run(): Promise<unknown>;
}

async function secondsOf(side: Side): Promise<number> {
  const start = performance.now();
  await side.run();
  return (performance.now() - start) / 1000;
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((one, other) => one - other);
  const [min, median, max] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  return [min, median, max].map((value) => (value ?? Number.NaN).toFixed(digits)).join(' – ');
}

/** Prints min – median – max of both sides' MB/s and of their ratio. */
async function compare(title: string, bytes: number, raw: Side, ours: Side, ratioMin = 0): Promise<void> {
  await Promise.all([raw.run(), ours.run()]);
  const rounds: { raw: number; ours: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ raw: bytes / 1e6 / (await secondsOf(raw)), ours: bytes / 1e6 / (await secondsOf(ours)) });
  }
  const ratios = rounds.map((round) => round.ours / round.raw);
  const median = ratios.toSorted((one, other) => one - other)[ROUNDS >> 1] ?? 0;
  print(title);
  print(
    `  ${raw.name.padEnd(24)} MB/s  ${spread(
      rounds.map((round) => round.raw),
      1,
    )}`,
  );
  print(
    `  ${ours.name.padEnd(24)} MB/s  ${spread(
      rounds.map((round) => round.ours),
      1,
    )}`,
  );
  print(`  ratio                          ${spread(ratios, 2)}${median < ratioMin ? `   BELOW ${ratioMin}` : ''}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The first `bytes` of `input` and its repetitions. */
function* chunksOf(input: Buffer, bytes = input.length): Generator<Buffer> {
  for (let at = 0; at < bytes; at += CHUNK_BYTES) {
    const from = at % input.length;
    yield input.subarray(from, from + Math.min(CHUNK_BYTES, bytes - at));
  }
}

function through(chunks: Iterable<Buffer>, stream: Duplex): Promise<void> {
  return pipeline(Readable.from(chunks), stream, devNull());
}

function devNull(): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
}

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await run();
  }
}

const RAW = {
  gzip: {
    level: 6,
    compressor: () => zlib.createGzip({ level: 6 }),
    decompressor: () => zlib.createGunzip(),
    compress: (input: Buffer) => zlib.gzipSync(input, { level: 6 }),
    decompress: (input: Buffer) => zlib.gunzipSync(input),
  },
  zstd: {
    level: 3,
    compressor: () => zlib.createZstdCompress(),
    decompressor: () => zlib.createZstdDecompress(),
    compress: (input: Buffer) => zlib.zstdCompressSync(input),
    decompress: (input: Buffer) => zlib.zstdDecompressSync(input),
  },
};

async function benchStreams(algorithm: keyof typeof RAW, mebibytes: number): Promise<void> {
  const { level, compressor, decompressor } = RAW[algorithm];
  const bytes = mebibytes * MIB;
  const input = jsonLines(Math.min(bytes, PERIOD_BYTES));
  const repeats = mebibytes === 1 ? 10 : 1;
  const options = { algorithm, level };
  const limited = { algorithm, outputLimitBytes: bytes };
  const stream = codec.createCompressor(options);
  const [compressed] = await Promise.all([buffer(stream), pipeline(Readable.from(chunksOf(input, bytes)), stream)]);
  const side = (name: string, chunks: () => Iterable<Buffer>, create: () => Duplex): Side => ({
    name,
    run: () => times(repeats, () => through(chunks(), create())),
  });
  await compare(
    `${algorithm}-${level} compress, stream of ${mebibytes} MiB`,
    bytes * repeats,
    side('node:zlib', () => chunksOf(input, bytes), compressor),
    side(
      'createCompressor',
      () => chunksOf(input, bytes),
      () => codec.createCompressor(options),
    ),
    STREAM_RATIO_MIN,
  );
  await compare(
    `${algorithm} decompress, stream of ${mebibytes} MiB`,
    bytes * repeats,
    side('node:zlib', () => chunksOf(compressed), decompressor),
    side(
      'createDecompressor',
      () => chunksOf(compressed),
      () => codec.createDecompressor(limited),
    ),
    STREAM_RATIO_MIN,
  );
}

async function benchBuffers(algorithm: keyof typeof RAW, sizeBytes: number): Promise<void> {
  const { level, compress, decompress } = RAW[algorithm];
  const input = jsonLines(sizeBytes);
  const compressed = compress(input);
  const repeats = Math.max(1, Math.round((4 * MIB) / Math.max(sizeBytes, 8192)));
  const limited = { algorithm, outputLimitBytes: sizeBytes };
  await compare(
    `${algorithm}-${level} compress, buffer of ${sizeBytes} bytes`,
    sizeBytes * repeats,
    { name: 'node:zlib, sync', run: () => times(repeats, async () => compress(input)) },
    { name: 'compressBuffer', run: () => times(repeats, () => codec.compressBuffer(input, { algorithm, level })) },
  );
  await compare(
    `${algorithm} decompress, buffer of ${sizeBytes} bytes`,
    sizeBytes * repeats,
    { name: 'node:zlib, sync', run: () => times(repeats, async () => decompress(compressed)) },
    { name: 'decompressBuffer', run: () => times(repeats, () => codec.decompressBuffer(compressed, limited)) },
  );
}

/** Levels above "balanced" go to a worker whatever the size: what is left of the time is the way there and back. */
async function benchHop(): Promise<void> {
  const input = jsonLines(1000);
  const options = { algorithm: 'zstd', level: 7 } as const;
  const count = 2000;
  await times(count, () => codec.compressBuffer(input, options));
  const worker = await secondsOf({ name: '', run: () => times(count, () => codec.compressBuffer(input, options)) });
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: options.level };
  const here = await secondsOf({
    name: '',
    run: () => times(count, async () => zlib.zstdCompressSync(input, { params })),
  });
  print(
    `zstd-7 of 1,000 bytes: ${((here / count) * 1e6).toFixed(0)} µs here, ${((worker / count) * 1e6).toFixed(0)} µs in a worker`,
  );
}

/** The peak of a process that sends 1 GiB through a compressor and back, over its peak before. */
async function growthMib(algorithm: keyof typeof RAW, isRaw: boolean): Promise<number> {
  const input = jsonLines(PERIOD_BYTES);
  const { level, compressor, decompressor } = RAW[algorithm];
  const before = peakKib();
  const pack = isRaw ? compressor() : codec.createCompressor({ algorithm, level });
  const unpack = isRaw ? decompressor() : codec.createDecompressor({ algorithm, outputLimitBytes: 1024 * MIB });
  await pipeline(Readable.from(chunksOf(input, 1024 * MIB)), pack, unpack, devNull());
  return (peakKib() - before) / 1024;
}

// On Linux maxRSS begins with the parent's; the high-water mark of the memory itself does not.
function peakKib(): number {
  return process.platform === 'linux'
    ? Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    : process.resourceUsage().maxRSS;
}

/** A peak never falls, so each is measured in a process of its own: this program with arguments. */
function benchMemory(algorithm: keyof typeof RAW): void {
  const [raw, ours] = ['raw', 'ours'].map((side) => {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'memory', algorithm, side]);
    return Number(stdout.toString()).toFixed(0);
  });
  print(`${algorithm}: 1 GiB there and back, peak RSS: node:zlib +${raw} MiB, ours +${ours} MiB`);
}

const [, , mode, algorithmAsked, side] = process.argv;
if (mode === 'memory') {
  print(String(await growthMib(algorithmAsked === 'gzip' ? 'gzip' : 'zstd', side === 'raw')));
} else {
  print('min – median – max of the rounds');
  await benchHop();
  for (const algorithm of ['gzip', 'zstd'] as const) {
    benchMemory(algorithm);
    for (const mebibytes of [1, 100]) {
      await benchStreams(algorithm, mebibytes);
    }
    for (const sizeBytes of [256, 1024, 4096, 16_384, 65_536, MIB, 10 * MIB]) {
      await benchBuffers(algorithm, sizeBytes);
    }
  }
}
