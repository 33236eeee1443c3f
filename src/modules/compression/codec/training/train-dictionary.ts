import { LEVELS } from '../format/codec-rules.js';
import { compressSync } from '../buffers/compress-sync.js';
import { coverSegments } from './cover-segments.js';
import { type DmerIndex, indexDmers } from './index-dmers.js';

/** What the rest of a sample, or of the samples, could add is not worth the time. */
const SAMPLE_BYTES_MAX = 128 * 1024;
const CORPUS_BYTES_MAX = 4 * 1024 * 1024;
/** zstd ignores a dictionary below 8 bytes; one this small helps nobody. */
const DICTIONARY_BYTES_MIN = 256;
const SEGMENT_BYTES_CANDIDATES = [64, 256, 1024] as const;
/** One sample in so many is kept from training, to judge by. */
const HELD_OUT_SHARE = 4;
const JUDGED_SAMPLES_MAX = 64;
/** Begins a dictionary in zstd's own format (RFC 8878, 5), which ours is not. */
const FORMATTED_MAGIC = Buffer.from([0x37, 0xa4, 0x30, 0xec]);

/**
 * Trains a raw-content dictionary of at most `sizeBytesMax` bytes for zstd and deflate (which uses its last 32 kB): the
 * same samples give the same dictionary. Throws RangeError for a size below 256, and for samples that have nothing in
 * common. Takes up to a second for megabytes of samples, so `CodecPool` runs it in a worker.
 */
export function trainDictionary(samples: readonly Uint8Array[], sizeBytesMax: number): Buffer {
  if (!Number.isSafeInteger(sizeBytesMax) || sizeBytesMax < DICTIONARY_BYTES_MIN) {
    throw new RangeError(`A dictionary has at least ${DICTIONARY_BYTES_MIN} bytes.`);
  }
  const corpus = thin(samples);
  const segmentBytes = bestSegmentBytes(corpus, sizeBytesMax);
  if (segmentBytes === undefined) {
    throw new RangeError('The samples have nothing in common that a dictionary could hold.');
  }
  return build(indexDmers(corpus), segmentBytes, sizeBytesMax);
}

/** The length of segments that serves best samples that were not trained on; undefined when none serves at all. */
function bestSegmentBytes(samples: readonly Uint8Array[], sizeBytesMax: number): number | undefined {
  const canHoldOut = samples.length >= HELD_OUT_SHARE * 2;
  const judged = samples.filter((_, number) => !canHoldOut || number % HELD_OUT_SHARE === 0);
  const index = indexDmers(samples.filter((_, number) => !canHoldOut || number % HELD_OUT_SHARE !== 0));
  let best: number | undefined;
  let leastBytes = compressedBytes(judged);
  for (const segmentBytes of SEGMENT_BYTES_CANDIDATES) {
    const bytes = compressedBytes(judged, build(index, segmentBytes, sizeBytesMax));
    if (bytes < leastBytes) {
      best = segmentBytes;
      leastBytes = bytes;
    }
  }
  return best;
}

function build(index: DmerIndex, segmentBytes: number, sizeBytesMax: number): Buffer {
  const dictionary = coverSegments(index, segmentBytes, sizeBytesMax);
  const isMarked = dictionary.subarray(0, FORMATTED_MAGIC.length).equals(FORMATTED_MAGIC);
  return isMarked ? dictionary.subarray(1) : dictionary;
}

/** Cuts long samples and, when there is too much altogether, leaves samples out evenly. */
function thin(samples: readonly Uint8Array[]): Uint8Array[] {
  const cut = samples.map((sample) => sample.subarray(0, SAMPLE_BYTES_MAX));
  const bytes = cut.reduce((sum, sample) => sum + sample.length, 0);
  const step = Math.ceil(bytes / CORPUS_BYTES_MAX);
  return cut.filter((_, number) => number % step === 0);
}

/** What a stride of the samples takes with the dictionary. */
function compressedBytes(samples: readonly Uint8Array[], dictionary?: Uint8Array): number {
  const step = Math.ceil(samples.length / JUDGED_SAMPLES_MAX);
  const options = { algorithm: 'zstd', level: LEVELS.zstd.default, dictionary } as const;
  return samples
    .filter((_, number) => number % step === 0)
    .reduce((sum, sample) => sum + compressSync(sample, options).length, 0);
}
