import { describe, expect, it } from '@jest/globals';
import { CodecBusyError } from './codec-busy-error.js';
import { StreamPlaces } from './stream-places.js';

const BROTLI_11 = { algorithm: 'brotli', level: 11 } as const;
const GZIP_6 = { algorithm: 'gzip', level: 6 } as const;
const LIMITS = { streamsPerOwnerMax: 4, streamsMax: 64, dearStreamsMax: 2, dearStreamsPerOwnerMax: 1 };

describe('StreamPlaces', () => {
  it('refuses an owner with too many open streams, not the next owner, and takes places back once', () => {
    const places = new StreamPlaces({ ...LIMITS, streamsPerOwnerMax: 2, streamsMax: 3 });
    const release = places.acquire('a');
    places.acquire('a', GZIP_6);
    expect(() => places.acquire('a')).toThrow(CodecBusyError);
    places.acquire('b');
    expect(() => places.acquire('c')).toThrow(CodecBusyError);
    release();
    release();
    places.acquire('a');
    expect(() => places.acquire('a')).toThrow(CodecBusyError);
    expect(() => places.acquire('c')).toThrow(CodecBusyError);
  });

  it('keeps the slowest levels from taking all threads of the libuv pool, and lets cheap ones pass', () => {
    const places = new StreamPlaces(LIMITS);
    const release = places.acquire('a', BROTLI_11);
    places.acquire('b', { algorithm: 'zstd', level: 19 });
    expect(() => places.acquire('c', BROTLI_11)).toThrow(CodecBusyError);
    places.acquire('c', GZIP_6);
    release();
    places.acquire('c', BROTLI_11);
  });

  it('leaves a dear place to others when one owner asks for all of them', () => {
    const places = new StreamPlaces(LIMITS);
    const release = places.acquire('a', BROTLI_11);
    expect(() => places.acquire('a', BROTLI_11)).toThrow(CodecBusyError);
    places.acquire('b', BROTLI_11);
    release();
    places.acquire('a', BROTLI_11);
  });
});
