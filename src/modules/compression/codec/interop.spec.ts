import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compressSync } from './buffers/compress-sync.js';
import { decompressSync } from './buffers/decompress-sync.js';
import { trainDictionary } from './training/train-dictionary.js';

const TEXT = Buffer.from('{"id":17,"name":"the same to every implementation"}'.repeat(3000));
const LIMIT = 1 << 22;

/** What the program prints for the input; fails with what it complains of. */
function piped(command: string, args: readonly string[], input: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, { input, maxBuffer: LIMIT });
  if (status !== 0) {
    throw new Error(`${command}: ${stderr.toString()}`);
  }
  return stdout;
}

function isPresent(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

function python(code: string): string[] {
  return ['-c', `import sys, zlib, gzip\nd = sys.stdin.buffer.read()\nsys.stdout.buffer.write(${code})`];
}

const peers = [
  { peer: 'zstd', algorithm: 'zstd', level: 3, pack: ['-q', '-c', '-3'], unpack: ['-q', '-d', '-c'] },
  { peer: 'zstd', algorithm: 'zstd', level: 19, pack: ['-q', '-c', '-19'], unpack: ['-q', '-d', '-c'] },
  { peer: 'brotli', algorithm: 'brotli', level: 6, pack: ['-c'], unpack: ['-d', '-c'] },
  { peer: 'gzip', algorithm: 'gzip', level: 6, pack: ['-c'], unpack: ['-d', '-c'] },
  {
    peer: 'python3',
    algorithm: 'gzip',
    level: 9,
    pack: python('gzip.compress(d)'),
    unpack: python('gzip.decompress(d)'),
  },
  {
    peer: 'python3',
    algorithm: 'deflate',
    level: 6,
    pack: python('zlib.compress(d)'),
    unpack: python('zlib.decompress(d)'),
  },
] as const;

describe.each(peers)(
  '$algorithm at level $level and $peer understand each other',
  ({ peer, algorithm, level, pack, unpack }) => {
    const ifPresent = isPresent(peer) ? it : it.skip;

    ifPresent('when we compress', () => {
      const compressed = compressSync(TEXT, { algorithm, level });
      expect(piped(peer, unpack, compressed).equals(TEXT)).toBe(true);
    });

    ifPresent('when the other does', () => {
      const output = decompressSync(piped(peer, pack, TEXT), { algorithm, outputLimitBytes: LIMIT });
      expect(output.equals(TEXT)).toBe(true);
    });
  },
);

(isPresent('zstd') ? it : it.skip)('a frame that zstd --long made for a stream is told apart by its window', () => {
  const long = piped('zstd', ['-q', '-c', '--long=27'], TEXT);
  expect(() => decompressSync(long, { algorithm: 'zstd', outputLimitBytes: LIMIT })).toThrow(
    expect.objectContaining({ reason: 'window_limit' }),
  );
});

describe('a trained dictionary serves others too', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-dictionary-'));
  const path = join(directory, 'dictionary');
  const samples = Array.from({ length: 50 }, (_, number) =>
    Buffer.from(`{"number":${number},"text":"all alike but for this number"}`),
  );
  const dictionary = trainDictionary(samples, 1024);
  const record = Buffer.from('{"number":1234,"text":"all alike but for this number"}');
  beforeAll(() => writeFileSync(path, dictionary));
  afterAll(() => rmSync(directory, { recursive: true }));

  (isPresent('zstd') ? it : it.skip)('zstd -D, both ways', () => {
    const ours = compressSync(record, { algorithm: 'zstd', level: 3, dictionary });
    expect(piped('zstd', ['-q', '-d', '-c', '-D', path], ours).equals(record)).toBe(true);
    const theirs = piped('zstd', ['-q', '-c', '-D', path], record);
    expect(decompressSync(theirs, { algorithm: 'zstd', outputLimitBytes: LIMIT, dictionary }).equals(record)).toBe(
      true,
    );
  });

  (isPresent('python3') ? it : it.skip)('zdict of Python’s zlib, both ways', () => {
    const zdict = `zdict=open(${JSON.stringify(path)}, 'rb').read()`;
    const ours = compressSync(record, { algorithm: 'deflate', level: 6, dictionary });
    const opened = piped('python3', python(`zlib.decompressobj(${zdict}).decompress(d)`), ours);
    expect(opened.equals(record)).toBe(true);
    const theirs = piped(
      'python3',
      python(`(lambda c: c.compress(d) + c.flush())(zlib.compressobj(${zdict}))`),
      record,
    );
    const output = decompressSync(theirs, { algorithm: 'deflate', outputLimitBytes: LIMIT, dictionary });
    expect(output.equals(record)).toBe(true);
  });
});
