import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Clock } from '../../kernel/clock.js';
import { type WindowRecord, windowRecord } from './window-record.js';

/** Callers that are remembered in one generation; about 100 bytes each. */
const CALLERS_MAX = 100_000;

/** Windows of one caller that end closer together than this are the same one, counted by two clocks. In milliseconds. */
const SAME_WINDOW_MS = 1_000;

interface Window {
  hits: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * Fixed windows in this process's memory; a window starts with its caller's first request. A request costs at most two
 * look-ups, whatever the limit and however many callers there are: nothing is scanned or swept. Windows are kept in two
 * generations, and a whole generation is dropped once all of its windows have ended, or when a flood of addresses fills
 * the newer one, which bounds the memory at the price of forgetting the oldest callers early.
 */
export class MemoryStorage implements ThrottlerStorage {
  private newer = new Map<string, Window>();
  private older = new Map<string, Window>();
  private longestWindowMs = 0;
  private rotatesAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly callersMax: number = CALLERS_MAX,
  ) {}

  /** Counts one request of `key` in its window of `windowMs` milliseconds. */
  increment(key: string, windowMs: number, limit: number): Promise<WindowRecord> {
    const now = this.clock.now();
    const window = this.live(key, now) ?? this.start(key, windowMs, now);
    window.hits += 1;
    return Promise.resolve(windowRecord(window.hits, window.endsAt - now, limit));
  }

  /**
   * Takes over what a shared storage has counted of `key`: a window of `hits` requests that ends in `leftMs` milliseconds.
   * What was counted here of the same window and not yet there is kept.
   */
  adopt(key: string, hits: number, leftMs: number): void {
    const now = this.clock.now();
    const window = this.live(key, now);
    if (window && Math.abs(window.endsAt - now - leftMs) < SAME_WINDOW_MS) window.hits = Math.max(window.hits, hits);
    else this.start(key, leftMs, now).hits = hits;
  }

  /** Windows in memory, for watching the bound. */
  get size(): number {
    return this.newer.size + this.older.size;
  }

  private live(key: string, now: number): Window | undefined {
    const window = this.newer.get(key) ?? this.older.get(key);
    // a clock that was set back must not lengthen a window
    return window && now < window.endsAt && now >= window.startsAt ? window : undefined;
  }

  private start(key: string, windowMs: number, now: number): Window {
    this.longestWindowMs = Math.max(this.longestWindowMs, windowMs);
    if (now >= this.rotatesAt || this.newer.size >= this.callersMax) {
      this.older = this.newer;
      this.newer = new Map();
      this.rotatesAt = now + this.longestWindowMs;
    }
    const window = { hits: 0, startsAt: now, endsAt: now + windowMs };
    this.newer.set(key, window);
    return window;
  }
}
