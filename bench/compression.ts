// The product over HTTP: streams beside a bare node:http server with node:zlib, the JSON form, memory, what requests
// feel of streams beside them, bombs, and dictionaries. Run: node bench/compression.ts [speed|json|memory|neighbours|bombs|dictionary]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import zlib from 'node:zlib';
import { join } from 'node:path';
import { type BenchDatabase, type BenchServer, openBenchWorld } from './support/bench-world.ts';
import { cpuOf } from './support/cpu.ts';
import { Generator } from './support/generator.ts';
import { auditRecord, jsonLines } from './support/json-lines.ts';
import { forgetPeak, memoryOf } from './support/memory.ts';
import { newBenchPerson } from './support/people.ts';
import { requestText } from './support/request-text.ts';
import { median, print, spread } from './support/rounds.ts';
import { chunksOf, drain, exchange, type StreamTarget } from './support/streamed-exchange.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
const GROWTH_MIB_MAX = 64;
const ALGORITHMS = ['gzip', 'zstd'] as const;
/** More than any window, so that nothing is found again in a repetition. */
const PERIOD = jsonLines(16 * MIB);

const SERVER_SETTINGS = { COMPRESSION_OUTPUT_LIMIT: '3GiB' };

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'NOT MET';
}

function api(server: BenchServer, operation: string, key: string): StreamTarget {
  return { url: `${server.url}/api/compression/${operation}`, key };
}

async function startPeer(): Promise<{ url: string; pid: number; stop(): void }> {
  const child = fork(join(import.meta.dirname, 'support/raw-zlib-server.ts'));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.kill() };
}

/** Streams beside the peer's, in turn. */
async function speed(server: BenchServer, key: string): Promise<void> {
  const peer = await startPeer();
  try {
    for (const algorithm of ALGORITHMS) {
      for (const mebibytes of [1, 100]) {
        const ours = api(server, `compress?algorithm=${algorithm}`, key);
        const raw = { url: `${peer.url}/compress/${algorithm}` };
        await compare(`${algorithm} compress, ${mebibytes} MiB`, mebibytes, [server.pid, ours], [peer.pid, raw]);
      }
    }
  } finally {
    peer.stop();
  }
}

async function compare(
  title: string,
  mebibytes: number,
  ours: [number, StreamTarget],
  raw: [number, StreamTarget],
): Promise<void> {
  const repeats = mebibytes === 1 ? 30 : 1;
  const sides = {
    ours: { mbps: [] as number[], cpuMs: [] as number[] },
    raw: { mbps: [] as number[], cpuMs: [] as number[] },
  };
  const megabytes = (mebibytes * MIB * repeats) / 1e6;
  // short streams need more of them until everything is compiled
  const contenders = [
    { side: sides.raw, pid: raw[0], target: raw[1] },
    { side: sides.ours, pid: ours[0], target: ours[1] },
  ];
  // short streams need more of them until everything is compiled
  for (let round = mebibytes === 1 ? -4 : -1; round < ROUNDS; round += 1) {
    const before = contenders.map(({ pid }) => cpuOf(pid));
    const seconds = contenders.map(() => 0);
    // stream by stream in turn, so that what slows the machine down falls on both
    for (let turn = 0; turn < repeats; turn += 1) {
      for (const [index, { target }] of contenders.entries()) {
        const started = performance.now();
        await drain(await exchange(target, chunksOf(PERIOD, mebibytes * MIB)));
        seconds[index] = (seconds[index] ?? 0) + (performance.now() - started) / 1000;
      }
    }
    if (round < 0) continue;
    for (const [index, { side, pid }] of contenders.entries()) {
      side.mbps.push(megabytes / (seconds[index] ?? 0));
      side.cpuMs.push((cpuOf(pid) - (before[index] ?? 0)) / 1000 / megabytes);
    }
  }
  const ratios = sides.ours.mbps.map((mbps, round) => mbps / (sides.raw.mbps[round] ?? Number.NaN));
  const cpuRatio = Math.min(...sides.raw.cpuMs) / Math.min(...sides.ours.cpuMs);
  print(title);
  print(`  MB/s        node:zlib ${spread(sides.raw.mbps, 0).padEnd(16)} ours ${spread(sides.ours.mbps, 0)}`);
  print(`  CPU ms/MB   node:zlib ${spread(sides.raw.cpuMs, 1).padEnd(16)} ours ${spread(sides.ours.cpuMs, 1)}`);
  print(`  ratio       MB/s ${spread(ratios, 2)} (target 0.8: ${verdict(median(ratios) >= 0.8)})`);
  print(`              CPU ${cpuRatio.toFixed(2)}`);
}

/** The JSON form, reported: base64 and JSON are most of it. */
async function json(server: BenchServer, key: string): Promise<void> {
  for (const sizeBytes of [1_000, 10_000, 100_000, 1_000_000]) {
    const text = jsonLines(sizeBytes).toString();
    const count = Math.max(5, Math.round(2_000_000 / sizeBytes));
    for (const algorithm of ALGORITHMS) {
      const body = JSON.stringify({ data: text, encoding: 'utf8', algorithm });
      const started = performance.now();
      for (let turn = 0; turn < count; turn += 1) await postJson(server, key, 'compress', body);
      const seconds = (performance.now() - started) / 1000;
      const rate = ((sizeBytes * count) / 1e6 / seconds).toFixed(1);
      print(
        `JSON form, ${algorithm}, ${sizeBytes} bytes: ${rate} MB/s, ${((seconds / count) * 1000).toFixed(2)} ms each`,
      );
    }
  }
}

async function postJson(server: BenchServer, key: string, operation: string, body: string): Promise<Response> {
  const response = await fetch(`${server.url}/api/compression/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body,
  });
  await response.arrayBuffer();
  return response;
}

/** 1 GiB through compress and back on a server that has done nothing else, read as fast as it comes and slowly. */
async function memory(database: BenchDatabase): Promise<void> {
  for (const algorithm of ALGORITHMS) {
    const server = await database.startServer(SERVER_SETTINGS);
    const { key } = await newBenchPerson(server);
    for (const pauseMs of [0, 20]) {
      forgetPeak(server.pid);
      const before = memoryOf(server.pid, 'VmRSS');
      const there = await exchange(api(server, `compress?algorithm=${algorithm}`, key), chunksOf(PERIOD, 1024 * MIB));
      const back = await exchange(api(server, `decompress?algorithm=${algorithm}`, key), there.pipe(new PassThrough()));
      const bytes = await drain(back, pauseMs);
      if (bytes !== 1024 * MIB) throw new Error(`came back as ${bytes} bytes`);
      const growth = memoryOf(server.pid, 'VmHWM') - before;
      const reader = pauseMs === 0 ? 'fast reader' : 'slow reader';
      print(
        `${algorithm}: 1 GiB there and back, ${reader}: RSS ${before.toFixed(0)} MiB +${growth.toFixed(0)} ` +
          `(target +${GROWTH_MIB_MAX}: ${verdict(growth <= GROWTH_MIB_MAX)})`,
      );
    }
    await server.stop();
  }
}

/** A warm key's requests, calm and beside eight streams of two owners. */
async function neighbours(server: BenchServer): Promise<void> {
  const people = [await newBenchPerson(server), await newBenchPerson(server)];
  const { key } = await newBenchPerson(server);
  const generator = new Generator();
  const order = {
    port: server.port,
    connections: 4,
    count: 2_000,
    requests: [requestText('/health/live', { 'x-api-key': key })],
  };
  try {
    await generator.run(order);
    const calm: number[] = [];
    const busy: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      calm.push((await generator.run(order)).p99Ms);
      const over = new AbortController();
      const endless = function* (): Iterable<Buffer> {
        for (let turn = 0; !over.signal.aborted; turn += 1)
          yield* chunksOf(PERIOD.subarray((turn % 16) * MIB, ((turn % 16) + 1) * MIB));
      };
      const streams = people.flatMap((person) =>
        ['zstd', 'gzip', 'gzip', 'brotli'].map(async (algorithm) =>
          drain(await exchange(api(server, `compress?algorithm=${algorithm}`, person.key), endless())),
        ),
      );
      await setTimeout(500);
      busy.push((await generator.run(order)).p99Ms);
      over.abort();
      await Promise.all(streams);
    }
    const ratio = median(busy) / median(calm);
    print(`p99 of a warm key, ms: calm ${spread(calm, 1)}, beside 8 streams ${spread(busy, 1)}`);
    print(`  ratio ${ratio.toFixed(1)} (target 3: ${verdict(ratio <= 3)})`);
  } finally {
    generator.stop();
  }
}

/** A few bytes that stand for gigabytes: how long until they are refused, and what they cost. */
async function bombs(database: BenchDatabase): Promise<void> {
  const server = await database.startServer({ COMPRESSION_OUTPUT_LIMIT: '100MiB' });
  const { key } = await newBenchPerson(server);
  const zeros = Buffer.alloc(MIB);
  const bomb: [string, string, Buffer][] = [
    [
      'brotli',
      '1 GiB',
      await packed(zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } })),
    ],
    ['zstd', 'run lengths, a lying size', lyingZstd()],
    ['zstd', 'a window of 2 GiB', Buffer.from('28b52ffd00a80200104103001041', 'hex')],
    ['gzip', '1,000 members of 1 MiB', Buffer.concat(Array<Buffer>(1000).fill(zlib.gzipSync(zeros)))],
  ];
  for (const [algorithm, name, bytes] of bomb) {
    for (const form of ['streamed', 'JSON'] as const) {
      forgetPeak(server.pid);
      const [before, started] = [memoryOf(server.pid, 'VmRSS'), performance.now()];
      const end =
        form === 'JSON'
          ? await refusedJson(server, key, algorithm, bytes)
          : await refusedStream(server, key, algorithm, bytes);
      const seconds = (performance.now() - started) / 1000;
      const growth = memoryOf(server.pid, 'VmHWM') - before;
      print(
        `${algorithm}, ${name}, ${bytes.length} bytes, ${form}: ${end} in ${seconds.toFixed(2)} s, +${growth.toFixed(0)} MiB ` +
          `(target 2 s, +${GROWTH_MIB_MAX} MiB: ${verdict(seconds < 2 && growth <= GROWTH_MIB_MAX)})`,
      );
    }
  }
  await server.stop();
}

/** A gibibyte of zeros as an engine packs it. */
async function packed(engine: zlib.BrotliCompress): Promise<Buffer> {
  const zeros = Buffer.alloc(MIB);
  const output = buffer(engine);
  for (let turn = 0; turn < 1024; turn += 1) if (!engine.write(zeros)) await once(engine, 'drain');
  engine.end();
  return output;
}

/** A frame whose header claims 2 KiB, of 8,192 run-length blocks of 128 KiB each. */
function lyingZstd(): Buffer {
  const block = Buffer.from([0x02, 0x00, 0x10, 0x41]);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x40, 0x38, 0x00, 0x07]);
  return Buffer.concat([header, ...Array<Buffer>(8191).fill(block), Buffer.from([0x03, 0x00, 0x10, 0x41])]);
}

async function refusedStream(server: BenchServer, key: string, algorithm: string, bytes: Buffer): Promise<string> {
  try {
    const size = await drain(await exchange(api(server, `decompress?algorithm=${algorithm}`, key), [bytes]));
    throw new Error(`accepted, ${size} bytes`);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith('accepted')) throw error;
    return /: (4\d\d)$/.exec(message)?.[1] ?? 'broken off';
  }
}

async function refusedJson(server: BenchServer, key: string, algorithm: string, bytes: Buffer): Promise<string> {
  const body = JSON.stringify({ data: bytes.toString('base64'), algorithm, encoding: 'base64' });
  const { status } = await postJson(server, key, 'decompress', body);
  if (status < 400 || status >= 500) throw new Error(`answered ${status}`);
  return String(status);
}

/** Records of about 1 kB, with a dictionary of others and without. */
async function dictionary(server: BenchServer, key: string): Promise<void> {
  const samples = Array.from({ length: 400 }, (_, number) => auditRecord(number));
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const started = performance.now();
  const response = await fetch(`${server.url}/api/compression/dictionaries`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'records', samples }),
  });
  const { id, size } = (await response.json()) as { id: string; size: number };
  print(
    `dictionary of ${size} bytes, trained on ${samples.length} records in ${((performance.now() - started) / 1000).toFixed(2)} s`,
  );
  for (const algorithm of ['zstd', 'deflate']) {
    const [plain, small] = [
      await sizeOfRecords(server, key, `algorithm=${algorithm}`),
      await sizeOfRecords(server, key, `algorithm=${algorithm}&dictionary_id=${id}`),
    ];
    const gain = plain.compressed / small.compressed;
    print(
      `${algorithm}: ratio ${(plain.original / plain.compressed).toFixed(2)} without, ` +
        `${(small.original / small.compressed).toFixed(2)} with: ${gain.toFixed(2)} times (target 2: ${verdict(gain >= 2)})`,
    );
  }
}

async function sizeOfRecords(server: BenchServer, key: string, query: string) {
  const sum = { original: 0, compressed: 0 };
  for (let number = 10_000; number < 10_050; number += 1) {
    const record = Buffer.from(auditRecord(number));
    sum.original += record.length;
    sum.compressed += await drain(await exchange(api(server, `compress?${query}`, key), [record]));
  }
  return sum;
}

const [, , only] = process.argv;
const world = await openBenchWorld();
try {
  const database = await world.createDatabase('bench_compression');
  const server = await database.startServer(SERVER_SETTINGS);
  const { key } = await newBenchPerson(server);
  const parts: Record<string, () => Promise<void>> = {
    speed: () => speed(server, key),
    json: () => json(server, key),
    memory: () => memory(database),
    neighbours: () => neighbours(server),
    bombs: () => bombs(database),
    dictionary: () => dictionary(server, key),
  };
  for (const [name, run] of Object.entries(parts)) if (only === undefined || only === name) await run();
  await server.stop();
} finally {
  await world.close();
}
