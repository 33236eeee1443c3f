import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Algorithm, ALGORITHMS, type DecompressOptions, LEVELS } from '../format/codec-rules.js';
import { CodecError } from '../format/codec.errors.js';
import { compressSync } from '../buffers/compress-sync.js';
import { createCompressor, createDecompressor } from './create-codec-stream.js';
import { decompressSync } from '../buffers/decompress-sync.js';

const LIMIT = 1 << 20;
const TEXT = Buffer.from('the quick brown fox jumps over the lazy dog, and the lazy dog sleeps on and on');
const SKIPPABLE = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function decompressed(chunks: readonly Uint8Array[], options: DecompressOptions): Promise<Buffer> {
  const stream = createDecompressor(options);
  const [output] = await Promise.all([buffer(stream), pipeline(Readable.from(chunks), stream)]);
  return output;
}

/** The output in base64, or the reason of the refusal. */
async function answerOf(output: () => Buffer | Promise<Buffer>): Promise<string> {
  try {
    return (await output()).toString('base64');
  } catch (error) {
    return error instanceof CodecError ? error.reason : String(error);
  }
}

/** Waits until the value has been the same for a while, and is not 0. */
async function settled(value: () => number): Promise<void> {
  for (let [last, calm] = [0, 0]; calm < 10;) {
    await setTimeout(5);
    calm = value() === last && last > 0 ? calm + 1 : 0;
    last = value();
  }
}

function cut(input: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places.map((place) => place % (input.length + 1)).toSorted((a, b) => a - b), input.length];
  return bounds.slice(1).map((end, index) => input.subarray(bounds[index], end));
}

function compress(algorithm: Algorithm, input: Uint8Array): Buffer {
  return compressSync(input, { algorithm, level: LEVELS[algorithm].default });
}

const places = fc.array(fc.nat(), { maxLength: 8 });

describe.each(['zstd', 'deflate'] as const)('a stream of %s with a dictionary', (algorithm) => {
  const dictionary = Buffer.from('the lazy dog sleeps on and on, and the quick brown fox jumps over the lazy dog');
  const options = { algorithm, outputLimitBytes: LIMIT };

  it('opens with the right one only, however it is cut', async () => {
    const compressed = compressSync(TEXT, { algorithm, level: 6, dictionary });
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        const chunks = cut(compressed, cuts);
        expect((await decompressed(chunks, { ...options, dictionary })).equals(TEXT)).toBe(true);
        const wrong = Buffer.from(dictionary.toReversed());
        expect(await answerOf(() => decompressed(chunks, { ...options, dictionary: wrong }))).toBe(
          'dictionary_mismatch',
        );
        const answerWithout = await answerOf(() => decompressed(chunks, options));
        expect(['corrupt', 'dictionary_mismatch']).toContain(answerWithout);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(ALGORITHMS)('a stream of %s', (algorithm) => {
  const options = { algorithm, outputLimitBytes: LIMIT };
  const whole = compress(algorithm, TEXT);

  it('gives back what its compressor was fed, however both are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), places, places, async (input, first, second) => {
        const compressor = createCompressor({ algorithm, level: LEVELS[algorithm].default });
        const [compressed] = await Promise.all([
          buffer(compressor),
          pipeline(Readable.from(cut(input, first)), compressor),
        ]);
        expect((await decompressed(cut(compressed, second), options)).equals(input)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('answers as the buffer form does, for every cutting of whole, joined, cut, damaged and prolonged input', async () => {
    const joined = Buffer.concat([whole, compress(algorithm, Buffer.alloc(0)), whole]);
    const input = fc.oneof(
      fc.constantFrom(
        whole,
        joined,
        Buffer.concat([SKIPPABLE, whole, SKIPPABLE]),
        Buffer.concat([whole, Buffer.of(0)]),
        Buffer.concat([whole, Buffer.of(0x1f)]),
        Buffer.concat([whole, Buffer.from('tail')]),
      ),
      fc.nat(joined.length).map((length) => joined.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(input, places, async (bytes, cuts) => {
        const expected = await answerOf(() => decompressSync(bytes, options));
        expect(await answerOf(() => decompressed(cut(bytes, cuts), options))).toBe(expected);
        const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte));
        expect(await answerOf(() => decompressed(bytewise, options))).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('gives back what was compressed at the lowest and the highest level', async () => {
    const input = Buffer.concat([Buffer.alloc(200_000, TEXT), Buffer.from(TEXT.toReversed())]);
    for (const level of [LEVELS[algorithm].min, LEVELS[algorithm].max]) {
      const compressor = createCompressor({ algorithm, level });
      const [compressed] = await Promise.all([buffer(compressor), pipeline(Readable.from([input]), compressor)]);
      expect((await decompressed([compressed], options)).equals(input)).toBe(true);
    }
    expect(() => createCompressor({ algorithm, level: LEVELS[algorithm].max + 1 })).toThrow(RangeError);
  });

  it('is refused as empty when nothing comes', async () => {
    expect(await answerOf(() => decompressed([], options))).toBe('empty');
  });

  it('is refused one byte over the limit, and not at it', async () => {
    const large = cut(compress(algorithm, Buffer.alloc(300_000, TEXT)), [7, 100, 300]);
    expect(await answerOf(() => decompressed(large, { algorithm, outputLimitBytes: 299_999 }))).toBe('output_limit');
    expect((await decompressed(large, { algorithm, outputLimitBytes: 300_000 })).length).toBe(300_000);
  });

  it('decodes no more than its buffers hold while nobody reads', async () => {
    const stream = createDecompressor({ algorithm, outputLimitBytes: 64 << 20 });
    let wasTaken = false;
    stream.write(compress(algorithm, Buffer.alloc(32 << 20)), () => {
      wasTaken = true;
    });
    stream.end();
    await settled(() => stream.readableLength);
    expect(stream.readableLength).toBeLessThan(1 << 20);
    expect(wasTaken).toBe(false);
    expect((await buffer(stream)).length).toBe(32 << 20);
  });

  it('ends with its reason for the writer too, and can be destroyed midway', async () => {
    const stream = createDecompressor(options);
    await expect(pipeline(Readable.from([Buffer.from('no such stream')]), stream)).rejects.toBeInstanceOf(CodecError);
    const abandoned = createDecompressor(options);
    abandoned.write(whole);
    abandoned.destroy();
    await expect(buffer(abandoned)).rejects.toThrow('Premature close');
  });
});
