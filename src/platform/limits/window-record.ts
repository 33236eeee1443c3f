import type { ThrottlerStorage } from '@nestjs/throttler';

/** What a storage answers to one request: how many there were in this window, and for how many seconds it goes on. */
export type WindowRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** The record of a window that `hits` requests have used and that ends in `leftMs` milliseconds. */
export function windowRecord(hits: number, leftMs: number, limit: number): WindowRecord {
  const timeToExpire = leftMs / 1000;
  const isBlocked = hits > limit;
  return { totalHits: hits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
}
