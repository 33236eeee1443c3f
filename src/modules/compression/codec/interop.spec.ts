import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { compressSync } from './compress-sync.js';
import { decompressSync } from './decompress-sync.js';

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
