import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Algorithm, ALGORITHMS, LEVELS } from '../format/codec-rules.js';
import { CodecError } from '../format/codec.errors.js';
import { compressSync } from './compress-sync.js';
import { decompressSync } from './decompress-sync.js';

const LIMIT = 1 << 20;
const TEXT = Buffer.from('the quick brown fox jumps over the lazy dog, and the lazy dog sleeps on and on');

function reasonOf(algorithm: Algorithm, input: Uint8Array, outputLimitBytes = LIMIT): string {
  try {
    decompressSync(input, { algorithm, outputLimitBytes });
  } catch (error) {
    return error instanceof CodecError ? error.reason : String(error);
  }
  return 'accepted';
}

function compress(algorithm: Algorithm, input: Uint8Array): Buffer {
  return compressSync(input, { algorithm, level: LEVELS[algorithm].default });
}

const levels = ALGORITHMS.flatMap((algorithm) =>
  Array.from({ length: LEVELS[algorithm].max - LEVELS[algorithm].min + 1 }, (_, step) => ({
    algorithm,
    level: LEVELS[algorithm].min + step,
  })),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc
    .array(fc.constantFrom('{"id":', '"name"', 'a', '0', ', '), { maxLength: 800 })
    .map((parts) => Buffer.from(parts.join(''))),
);

describe('the exact bytes come back', () => {
  it.each(levels)('from $algorithm at level $level', ({ algorithm, level }) => {
    fc.assert(
      fc.property(bytes, (input) => {
        const compressed = compressSync(input, { algorithm, level });
        const output = decompressSync(compressed, { algorithm, outputLimitBytes: Math.max(input.length, 1) });
        expect(output.equals(input)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('from zstd at the highest level with a window of its largest size', () => {
    const input = Buffer.alloc(9 << 20, TEXT);
    const output = decompressSync(compressSync(input, { algorithm: 'zstd', level: 19 }), {
      algorithm: 'zstd',
      outputLimitBytes: input.length,
    });
    expect(output.equals(input)).toBe(true);
  });

  it.each(['gzip', 'zstd'] as const)('from %s members one after the other, empty ones too', (algorithm) => {
    const parts = [TEXT, Buffer.alloc(0), Buffer.alloc(100_000, 7), TEXT];
    const joined = Buffer.concat(parts.map((part) => compress(algorithm, part)));
    expect(decompressSync(joined, { algorithm, outputLimitBytes: LIMIT }).equals(Buffer.concat(parts))).toBe(true);
  });

  it('from zstd with skippable frames before, between and after, and from those alone', () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frame = compress('zstd', TEXT);
    const input = Buffer.concat([skippable, frame, skippable, frame, skippable]);
    const options = { algorithm: 'zstd', outputLimitBytes: LIMIT } as const;
    expect(decompressSync(input, options).equals(Buffer.concat([TEXT, TEXT]))).toBe(true);
    expect(decompressSync(skippable, options)).toHaveLength(0);
  });

  it('from foreign settings: no checksum, raw blocks, a large brotli window that RFC 7932 allows', () => {
    const unchecked = zstdCompressSync(TEXT, { params: { [constants.ZSTD_c_checksumFlag]: 0 } });
    const stored = deflateSync(TEXT, { level: 0 });
    const wide = brotliCompressSync(TEXT, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
    expect(decompressSync(unchecked, { algorithm: 'zstd', outputLimitBytes: LIMIT }).equals(TEXT)).toBe(true);
    expect(decompressSync(stored, { algorithm: 'deflate', outputLimitBytes: LIMIT }).equals(TEXT)).toBe(true);
    expect(decompressSync(wide, { algorithm: 'brotli', outputLimitBytes: LIMIT }).equals(TEXT)).toBe(true);
  });
});

describe.each(ALGORITHMS)('%s input that is not exactly one stream is refused', (algorithm) => {
  const whole = compress(algorithm, TEXT);

  it('as empty without a byte', () => {
    expect(reasonOf(algorithm, Buffer.alloc(0))).toBe('empty');
  });

  it('as truncated when it is cut anywhere', () => {
    for (let length = 1; length < whole.length; length += 1) {
      expect(`${length}: ${reasonOf(algorithm, whole.subarray(0, length))}`).toBe(`${length}: truncated`);
    }
  });

  it.each([
    ['a zero', [0]],
    ['a letter', [0x41]],
    ['zeros', [0, 0, 0, 0, 0, 0]],
    ['text', [...Buffer.from('and some garbage')]],
  ])('as trailing when %s follows', (_name, tail) => {
    expect(reasonOf(algorithm, Buffer.concat([whole, Buffer.from(tail)]))).toBe('trailing');
  });

  it('as corrupt when it is something else', () => {
    expect(reasonOf(algorithm, Buffer.from('this is not compressed at all'))).toBe('corrupt');
  });

  // brotli has no checksum: a changed literal makes another valid stream.
  it('whichever bit of it is changed, and never answers with other bytes where the format has a checksum', () => {
    const isChecked = algorithm !== 'brotli';
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      try {
        const output = decompressSync(damaged, { algorithm, outputLimitBytes: LIMIT });
        expect(output.equals(TEXT) || !isChecked).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
  });

  it('whatever the bytes are, with a CodecError and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (noise) => {
        const answer = reasonOf(algorithm, noise);
        expect(['accepted', 'corrupt', 'truncated', 'trailing', 'window_limit', 'dictionary_mismatch']).toContain(
          answer,
        );
      }),
    );
  });

  it('one byte over the output limit, and not at it', () => {
    const large = compress(algorithm, Buffer.alloc(200_000, TEXT));
    expect(reasonOf(algorithm, large, 199_999)).toBe('output_limit');
    expect(reasonOf(algorithm, large, 200_000)).toBe('accepted');
    expect(reasonOf(algorithm, whole, TEXT.length - 1)).toBe('output_limit');
    expect(reasonOf(algorithm, whole, TEXT.length)).toBe('accepted');
  });

  it('not even with a limit that is none', () => {
    expect(() => decompressSync(whole, { algorithm, outputLimitBytes: 0 })).toThrow(RangeError);
    expect(() => decompressSync(whole, { algorithm, outputLimitBytes: Number.NaN })).toThrow(RangeError);
  });
});

describe('gzip', () => {
  it('counts the output of all members against the limit', () => {
    const members = Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)]);
    expect(reasonOf('gzip', members, TEXT.length * 2 - 1)).toBe('output_limit');
    expect(reasonOf('gzip', members, TEXT.length * 2)).toBe('accepted');
  });

  it('tells a cut second member from garbage', () => {
    const member = gzipSync(TEXT);
    expect(reasonOf('gzip', Buffer.concat([member, member.subarray(0, 1)]))).toBe('truncated');
    expect(reasonOf('gzip', Buffer.concat([member, member.subarray(0, -1)]))).toBe('truncated');
    expect(reasonOf('gzip', Buffer.concat([member, Buffer.from([0x1f, 0x41])]))).toBe('trailing');
  });
});

describe('zstd', () => {
  it('counts the output of all frames against the limit', () => {
    const frames = Buffer.concat([compress('zstd', TEXT), compress('zstd', TEXT), compress('zstd', Buffer.alloc(0))]);
    expect(reasonOf('zstd', frames, TEXT.length)).toBe('output_limit');
    expect(reasonOf('zstd', frames, TEXT.length * 2)).toBe('accepted');
  });

  it('tells a frame that needs too large a window, whatever size it claims', () => {
    // Window descriptors of 2 GiB, of 9 MiB and of 8 MiB; one empty last block.
    expect(reasonOf('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0, 0]))).toBe('window_limit');
    expect(reasonOf('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x69, 0x01, 0, 0]))).toBe('window_limit');
    expect(reasonOf('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68, 0x01, 0, 0]))).toBe('accepted');
  });

  it('tells it of a frame so small that the decoder would not make the window', () => {
    const small = [0x28, 0xb5, 0x2f, 0xfd, 0x80, 0xa8, 3, 0, 0, 0, 0x19, 0, 0, 1, 2, 3];
    expect(reasonOf('zstd', Buffer.from(small))).toBe('window_limit');
    expect(reasonOf('zstd', Buffer.from(small.with(5, 0x68)))).toBe('accepted');
  });

  it('does not believe a content size: neither a huge nor a small one', () => {
    const [magic, rawBlock] = [
      [0x28, 0xb5, 0x2f, 0xfd],
      [0x19, 0, 0, 1, 2, 3],
    ];
    const honest = Buffer.from([...magic, 0x20, 3, ...rawBlock]);
    const claimsTera = Buffer.from([...magic, 0xc0, 0x00, 0, 0, 0, 0, 0, 1, 0, 0, ...rawBlock]);
    expect(reasonOf('zstd', honest)).toBe('accepted');
    expect(reasonOf('zstd', claimsTera)).toBe('corrupt');
    expect(reasonOf('zstd', Buffer.from([...magic, 0x20, 2, ...rawBlock]))).toBe('corrupt');
  });

  it('refuses a block type that does not exist', () => {
    expect(reasonOf('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x1f, 0, 0, 1, 2, 3]))).toBe('corrupt');
  });
});

describe('brotli', () => {
  it('tells the large window, which RFC 7932 does not have', () => {
    const params = { [constants.BROTLI_PARAM_LARGE_WINDOW]: true, [constants.BROTLI_PARAM_LGWIN]: 28 };
    expect(reasonOf('brotli', brotliCompressSync(TEXT, { params }))).toBe('window_limit');
  });
});

describe('compression', () => {
  it.each(ALGORITHMS)('of %s refuses a level out of range or between two', (algorithm) => {
    for (const level of [LEVELS[algorithm].min - 1, LEVELS[algorithm].max + 1, 1.5, Number.NaN]) {
      expect(() => compressSync(TEXT, { algorithm, level })).toThrow(RangeError);
    }
  });

  it.each(['gzip', 'brotli'] as const)('of %s refuses a dictionary, which node:zlib would ignore', (algorithm) => {
    expect(() => compressSync(TEXT, { algorithm, level: 4, dictionary: TEXT })).toThrow(CodecError);
    expect(() => decompressSync(TEXT, { algorithm, outputLimitBytes: LIMIT, dictionary: TEXT })).toThrow(CodecError);
  });
});
