import { randomInt, randomUUID } from 'node:crypto';

const MAX_TIMESTAMP = 2 ** 48 - 1;
const MAX_COUNTER = 0xfff;
const UUID_LENGTH = 36;
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Where the variant and the 62 random bits begin; version 4 and version 7 agree from here on. */
const VARIANT_OFFSET = 19;

let lastTimestamp = -1;
let counter = 0;

/**
 * A new UUID v7 (RFC 9562 §5.7) in lower case, greater than every earlier one of this process even when the clock
 * stands still or goes back: `rand_a` is a counter (§6.2 method 1), and its overflow moves the timestamp on.
 * Throws RangeError when `nowMs` is not whole epoch milliseconds of 48 bits.
 */
export function newId(nowMs: number): string {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs > MAX_TIMESTAMP) {
    throw new RangeError('the time of an id must be whole epoch milliseconds of 48 bits');
  }
  tick(nowMs);
  const time = lastTimestamp.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${randomUUID().slice(VARIANT_OFFSET)}`;
}

function tick(nowMs: number): void {
  if (nowMs <= lastTimestamp && counter < MAX_COUNTER) {
    counter += 1;
    return;
  }
  lastTimestamp = Math.max(nowMs, lastTimestamp + 1);
  // The counter starts in its lower half, so that at least 2048 ids of one millisecond keep its timestamp.
  counter = randomInt((MAX_COUNTER + 1) / 2);
}

/** Whether `text` is a UUID of any version in the canonical 8-4-4-4-12 form, in either case. */
export function isUuid(text: string): boolean {
  return text.length === UUID_LENGTH && UUID_PATTERN.test(text);
}
