import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import { type WindowRecord, windowRecord } from './window-record.js';

/** A connection that stays silent for so long after a command is given up, in milliseconds. */
const SILENCE_MS = 2_000;
const CONNECT_DEADLINE_MS = 1_000;
const RECONNECT_DELAY_MAX_MS = 2_000;

const KEY_PREFIX = 'kindly:rate:';

/**
 * Counts and tells the time left in one round trip, by Redis's own clock, so that processes whose clocks differ agree
 * on the window. A key without an end (it lost it to an operator's PERSIST) gets a new one.
 */
const COUNT_IN_WINDOW = `
  local hits = redis.call('INCR', KEYS[1])
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    left = tonumber(ARGV[1])
    redis.call('PEXPIRE', KEYS[1], left)
  end
  return { hits, left }`;

interface Commands {
  countInWindow(key: string, windowMs: number): Promise<[hits: number, leftMs: number]>;
}

/** Fixed windows in Redis, shared by all processes; a window starts with its caller's first request. */
export class RedisStorage implements ThrottlerStorage {
  private readonly redis: Redis & Commands;

  constructor(url: string) {
    const redis = new Redis(url, {
      lazyConnect: true,
      // a request is never queued for a Redis that is away
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_DEADLINE_MS,
      socketTimeout: SILENCE_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_DELAY_MAX_MS),
      scripts: { countInWindow: { lua: COUNT_IN_WINDOW, numberOfKeys: 1 } },
    });
    // the failure of a command reaches its caller; without a listener the client would print to standard error
    redis.on('error', () => undefined);
    this.redis = redis as Redis & Commands;
  }

  /**
   * Waits for the first connection, and lets Redis compile the script before a request needs it.
   * @throws Error when Redis cannot be reached; it is tried again in the background
   */
  async connect(): Promise<void> {
    await this.redis.connect();
    await this.redis.countInWindow(`${KEY_PREFIX}start`, 1);
  }

  /** Counts one request of `key` in its window of `windowMs` milliseconds. @throws Error without an answer */
  async increment(key: string, windowMs: number, limit: number): Promise<WindowRecord> {
    const [hits, leftMs] = await this.redis.countInWindow(`${KEY_PREFIX}${key}`, windowMs);
    return windowRecord(hits, leftMs, limit);
  }

  close(): void {
    this.redis.disconnect();
  }
}
