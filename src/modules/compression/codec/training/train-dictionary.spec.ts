import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CodecError } from '../format/codec.errors.js';
import { compressSync } from '../buffers/compress-sync.js';
import { decompressSync } from '../buffers/decompress-sync.js';
import { trainDictionary } from './train-dictionary.js';

/** A stream of numbers that is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

/** An audit record of about 1 kB, with fresh ids and choices in each. */
function auditRecord(number: number): Buffer {
  const next = seeded(number * 7919 + 1);
  const hex = (length: number): string => Array.from({ length }, () => ((next() >>> 20) & 15).toString(16)).join('');
  const pick = (...options: string[]): string => options[(next() >>> 16) % options.length] ?? '';
  return Buffer.from(
    JSON.stringify({
      id: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(12)}`,
      occurred_at: new Date(1_700_000_000_000 + number * 1000).toISOString(),
      action: pick('api_key.created', 'api_key.rotated', 'session.revoked', 'webhook.disabled'),
      actor: {
        type: pick('user', 'service_account', 'administrator'),
        id: hex(24),
        ip: `10.${next() % 256}.${next() % 256}.7`,
      },
      target: { type: 'api_key', id: hex(24), environment: pick('prod', 'test', 'dev') },
      request: {
        id: hex(16),
        user_agent: pick(
          'kindly-python/3.2 (requests 2.31; CPython 3.11)',
          'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0',
        ),
        path: pick('/api/compression/compress', '/api/keys', '/api/auth/login'),
      },
      changes: Array.from({ length: 4 }, () => ({
        field: pick('permissions', 'allowed_ips', 'expires_at', 'require_signature'),
        previous_value: hex(6),
        current_value: hex(6),
        approved_by: pick('policy', 'administrator', 'owner'),
      })),
      outcome: pick('allowed', 'denied'),
    }),
  );
}

const samples = Array.from({ length: 400 }, (_, number) => auditRecord(number));
const records = Array.from({ length: 50 }, (_, number) => auditRecord(number + 10_000));
const dictionary = trainDictionary(samples, 16 * 1024);
const foreign = trainDictionary(
  samples.map((sample) => Buffer.from(sample.toReversed())),
  16 * 1024,
);
const LIMIT = 1 << 20;

describe('a trained dictionary', () => {
  it.each(['zstd', 'deflate'] as const)('halves records that it has not seen, with %s', (algorithm) => {
    const level = algorithm === 'zstd' ? 3 : 6;
    const size = (options: { dictionary?: Uint8Array }): number =>
      records.reduce((sum, record) => sum + compressSync(record, { algorithm, level, ...options }).length, 0);
    expect(size({ dictionary })).toBeLessThanOrEqual(size({}) / 2);
  });

  it('is the same for the same samples and stays within its size', () => {
    expect(trainDictionary(samples, 16 * 1024).equals(dictionary)).toBe(true);
    expect(dictionary.length).toBeLessThanOrEqual(16 * 1024);
    expect(trainDictionary(samples, 300).length).toBeLessThanOrEqual(300);
  });

  it('is refused to samples with nothing in common, without samples, and below a useful size', () => {
    const noise = Array.from({ length: 20 }, () => randomBytes(500));
    expect(() => trainDictionary(noise, 4096)).toThrow(RangeError);
    expect(() => trainDictionary([], 4096)).toThrow(RangeError);
    expect(() => trainDictionary([Buffer.from('short'), Buffer.from('short')], 4096)).toThrow(RangeError);
    expect(() => trainDictionary(samples, 100)).toThrow(RangeError);
  });

  it('never looks like a dictionary in the format of zstd, which ours is not', () => {
    const sample = Buffer.concat([
      Buffer.from([0x37, 0xa4, 0x30, 0xec]),
      Buffer.from('the same in each of the samples'),
    ]);
    const trained = trainDictionary([sample, sample, sample], 256);
    expect(trained.readUInt32LE(0)).not.toBe(0xec30a437);
    const compressed = compressSync(sample, { algorithm: 'zstd', level: 3, dictionary: trained });
    const output = decompressSync(compressed, { algorithm: 'zstd', outputLimitBytes: LIMIT, dictionary: trained });
    expect(output.equals(sample)).toBe(true);
  });
});

describe.each(['zstd', 'deflate'] as const)('%s with a dictionary', (algorithm) => {
  const compressed = records.map((record) => compressSync(record, { algorithm, level: 6, dictionary }));
  const open = (input: Uint8Array, other?: Uint8Array): Buffer =>
    decompressSync(input, { algorithm, outputLimitBytes: LIMIT, dictionary: other });

  it('gives the bytes back with the right one', () => {
    expect(compressed.every((input, number) => open(input, dictionary).equals(records[number] ?? Buffer.of()))).toBe(
      true,
    );
  });

  it('never gives bytes with a wrong one or one that differs by a bit', () => {
    const altered = Buffer.from(dictionary);
    altered.writeUInt8(altered.readUInt8(altered.length - 40) ^ 1, altered.length - 40);
    for (const [number, input] of compressed.entries()) {
      expect(() => open(input, foreign)).toThrow(expect.objectContaining({ reason: 'dictionary_mismatch' }));
      let output: Buffer | undefined;
      try {
        output = open(input, altered);
      } catch (error) {
        expect(error).toMatchObject({ reason: 'dictionary_mismatch' });
      }
      // zstd may not have used the altered place at all.
      expect(output ?? records[number]).toEqual(records[number]);
    }
  });

  it('never gives bytes without it', () => {
    for (const input of compressed) {
      expect(() => open(input)).toThrow(CodecError);
    }
  });

  it('still opens what was compressed without one', () => {
    const plain = compressSync(samples[0] ?? Buffer.of(), { algorithm, level: 6 });
    expect(open(plain, dictionary).equals(samples[0] ?? Buffer.of())).toBe(true);
  });
});

describe('zstd', () => {
  it('refuses to use a dictionary on a frame without checksum, where a wrong one would go unnoticed', () => {
    const unchecked = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 1, 2, 3]);
    const open = (): Buffer => decompressSync(unchecked, { algorithm: 'zstd', outputLimitBytes: LIMIT, dictionary });
    expect(open).toThrow(expect.objectContaining({ reason: 'dictionary_mismatch' }));
  });
});
