/** Length of the substrings that are counted: the shortest that is surely worth a match. */
export const DMER_BYTES = 8;

const SLOT_BITS = 20;
/** The slot of a position where no d-mer begins, because its sample ends too soon; its value stays 0. */
const NO_SLOT = 2 ** SLOT_BITS;

/**
 * All samples in a row, and for each position the slot of the d-mer that begins there. Slots are hashes (as in the fast
 * form of COVER): two d-mers that share one are valued together, which costs a little quality and never correctness.
 */
export interface DmerIndex {
  readonly corpus: Buffer;
  readonly slots: Uint32Array;
  /** By slot: in how many samples it occurs beyond the first, so what a dictionary that holds it can save. */
  readonly values: Uint32Array;
}

/** Counts the d-mers of the samples. */
export function indexDmers(samples: readonly Uint8Array[]): DmerIndex {
  const corpus = Buffer.concat(samples);
  const slots = new Uint32Array(corpus.length).fill(NO_SLOT);
  const values = new Uint32Array(NO_SLOT + 1);
  const lastSample = new Int32Array(NO_SLOT).fill(-1);
  let begin = 0;
  for (const [number, sample] of samples.entries()) {
    const end = begin + sample.length - DMER_BYTES;
    for (let at = begin; at <= end; at += 1) {
      const slot = slotOf(corpus, at);
      slots[at] = slot;
      const last = lastSample[slot] ?? -1;
      if (last !== number) {
        lastSample[slot] = number;
        values[slot] = (values[slot] ?? 0) + (last === -1 ? 0 : 1);
      }
    }
    begin += sample.length;
  }
  return { corpus, slots, values };
}

function slotOf(corpus: Buffer, at: number): number {
  const mixed = Math.imul(corpus.readUInt32LE(at), 0x9e3779b1) ^ Math.imul(corpus.readUInt32LE(at + 4), 0x85ebca77);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> (32 - SLOT_BITS);
}
