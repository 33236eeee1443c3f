import { describe, expect, it } from '@jest/globals';
import { CodecBusyError } from '../format/codec.errors.js';
import { StreamCounter } from './stream-counter.js';

const BROTLI_11 = { algorithm: 'brotli', level: 11 } as const;
const GZIP_6 = { algorithm: 'gzip', level: 6 } as const;
const LIMITS = { streamsPerOwnerMax: 4, streamsMax: 64, slowStreamsMax: 2, slowStreamsPerOwnerMax: 1 };

describe('StreamCounter', () => {
  it('refuses an owner with too many open streams, not the next owner, and counts a closed one once', () => {
    const streams = new StreamCounter({ ...LIMITS, streamsPerOwnerMax: 2, streamsMax: 3 });
    const release = streams.acquire('a');
    streams.acquire('a', GZIP_6);
    expect(() => streams.acquire('a')).toThrow(CodecBusyError);
    streams.acquire('b');
    expect(() => streams.acquire('c')).toThrow(CodecBusyError);
    release();
    release();
    streams.acquire('a');
    expect(() => streams.acquire('a')).toThrow(CodecBusyError);
    expect(() => streams.acquire('c')).toThrow(CodecBusyError);
  });

  it('keeps the slowest levels from taking all threads of the libuv pool, and lets cheap ones pass', () => {
    const streams = new StreamCounter(LIMITS);
    const release = streams.acquire('a', BROTLI_11);
    streams.acquire('b', { algorithm: 'zstd', level: 19 });
    expect(() => streams.acquire('c', BROTLI_11)).toThrow(CodecBusyError);
    streams.acquire('c', GZIP_6);
    release();
    streams.acquire('c', BROTLI_11);
  });

  it('leaves a slow stream to others when one owner asks for all of them', () => {
    const streams = new StreamCounter(LIMITS);
    const release = streams.acquire('a', BROTLI_11);
    expect(() => streams.acquire('a', BROTLI_11)).toThrow(CodecBusyError);
    streams.acquire('b', BROTLI_11);
    release();
    streams.acquire('a', BROTLI_11);
  });
});
