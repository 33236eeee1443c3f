import { DMER_BYTES, type DmerIndex } from './index-dmers.js';

/** Each epoch gives about so many segments, as in zstd's trainer. */
const PASSES = 4;
const EPOCH_SEGMENTS_MIN = 10;

/** A part of the corpus, and the summed value of the different d-mers that begin in it. */
interface Segment {
  readonly begin: number;
  readonly end: number;
  readonly score: number;
}

/**
 * Chooses segments of `segmentBytes` that together cover the most frequent d-mers, `sizeBytesMax` bytes in all, and joins
 * them with the most valuable last, where matches are cheapest. Epochs (equal parts of the corpus) give their best segment
 * in turn; what a chosen segment covers is worth nothing any more. Source: Liao, Petri, Moffat, Wirth, "Effective
 * Construction of Relative Lempel-Ziv Dictionaries", WWW 2016 (COVER).
 */
export function coverSegments(index: DmerIndex, segmentBytes: number, sizeBytesMax: number): Buffer {
  const { length } = index.corpus;
  const search = new SegmentSearch(index);
  const epochs = epochCount(length, segmentBytes, sizeBytesMax);
  const chosen: Segment[] = [];
  let leftBytes = sizeBytesMax;
  let fruitlessEpochs = 0;
  for (let step = 0; leftBytes >= DMER_BYTES && fruitlessEpochs < epochs; step += 1) {
    const epoch = step % epochs;
    const begin = Math.floor((length * epoch) / epochs);
    const end = Math.floor((length * (epoch + 1)) / epochs);
    const segment = search.take(begin, end, Math.min(segmentBytes, leftBytes));
    fruitlessEpochs = segment === undefined ? fruitlessEpochs + 1 : 0;
    if (segment !== undefined) {
      chosen.push(segment);
      leftBytes -= segment.end - segment.begin;
    }
  }
  const ascending = chosen.toSorted((one, other) => one.score - other.score);
  return Buffer.concat(ascending.map(({ begin, end }) => index.corpus.subarray(begin, end)));
}

function epochCount(corpusBytes: number, segmentBytes: number, sizeBytesMax: number): number {
  const wanted = Math.floor(sizeBytesMax / segmentBytes / PASSES);
  const possible = Math.floor(corpusBytes / (segmentBytes * EPOCH_SEGMENTS_MIN));
  return Math.max(1, Math.min(wanted, possible));
}

/** Finds the best segment of a range, and takes its d-mers out of the account. */
class SegmentSearch {
  private readonly slots: Uint32Array;
  private readonly values: Uint32Array;
  /** By slot: how often it occurs in the window that is being slid. */
  private readonly inWindow: Uint32Array;

  constructor({ slots, values }: DmerIndex) {
    this.slots = slots;
    this.values = values.slice();
    this.inWindow = new Uint32Array(values.length);
  }

  /** The segment of at most `bytes` between `begin` and `end` with the highest score; undefined when none has any. */
  take(begin: number, end: number, bytes: number): Segment | undefined {
    const best = this.best(begin, end, bytes - DMER_BYTES + 1);
    if (best.score === 0) {
      return undefined;
    }
    const segment = this.trim(best);
    for (let at = segment.begin; at < segment.end; at += 1) {
      this.values[this.slot(at)] = 0;
    }
    return { ...segment, end: segment.end + DMER_BYTES - 1 };
  }

  /** Slides a window of `width` d-mers. */
  private best(begin: number, end: number, width: number): Segment {
    let best: Segment = { begin, end: begin, score: 0 };
    let score = 0;
    let from = begin;
    for (let at = begin; at < end; at += 1) {
      score += this.enter(this.slot(at));
      if (at - from >= width) {
        score -= this.leave(this.slot(from));
        from += 1;
      }
      if (score > best.score) {
        best = { begin: from, end: at + 1, score };
      }
    }
    for (; from < end; from += 1) {
      this.leave(this.slot(from));
    }
    return best;
  }

  /** Leaves out worthless d-mers at both ends. */
  private trim({ begin, end, score }: Segment): Segment {
    let [first, last] = [begin, end - 1];
    while (this.values[this.slot(first)] === 0) {
      first += 1;
    }
    while (this.values[this.slot(last)] === 0) {
      last -= 1;
    }
    return { begin: first, end: last + 1, score };
  }

  /** What the window gains by one more occurrence. */
  private enter(slot: number): number {
    const before = this.inWindow[slot] ?? 0;
    this.inWindow[slot] = before + 1;
    return before === 0 ? (this.values[slot] ?? 0) : 0;
  }

  /** What the window loses by one occurrence less. */
  private leave(slot: number): number {
    const after = (this.inWindow[slot] ?? 1) - 1;
    this.inWindow[slot] = after;
    return after === 0 ? (this.values[slot] ?? 0) : 0;
  }

  private slot(at: number): number {
    return this.slots[at] ?? 0;
  }
}
