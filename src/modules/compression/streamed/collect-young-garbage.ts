import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Few enough to be had again at once by the next chunks, many enough that a collection costs a percent or two. */
const COLLECTED_EVERY_BYTES = 8 * 1024 * 1024;

/**
 * How far the old generation may outgrow what lives in it until all of it is collected. By itself V8 gives a heap that
 * changes little no more than 8 MB, and counts the chunks in: streams then started one full collection after another.
 */
const HEAP_GROWTH_PERCENT = 50;

type Collect = (options: { type: 'minor' }) => void;

let collect: Collect | undefined;
let passedBytes = 0;

/**
 * Collects the young generation every few MiB of what passes through streams, of whichever; takes the bytes that have just
 * passed. Each chunk is memory outside of V8's heap, of which V8 lets 64 MiB and more pile up before it looks: a stream
 * then works in ever new memory instead of the few chunks it needs. A collection of those, which die young, takes a
 * millisecond.
 */
export function collectYoungGarbage(bytes: number): void {
  passedBytes += bytes;
  if (passedBytes < COLLECTED_EVERY_BYTES) return;
  passedBytes = 0;
  collect ??= prepareCollections();
  collect({ type: 'minor' });
}

/** Lets the heap grow, and finds V8's own collector, which is there only in contexts made while its flag is on. */
function prepareCollections(): Collect {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  setFlagsFromString('--expose-gc');
  const exposed = runInNewContext('typeof gc === "function" ? gc : () => undefined') as Collect;
  setFlagsFromString('--no-expose-gc');
  return exposed;
}
