import { compressSync } from '../buffers/compress-sync.js';
import { decompressSync } from '../buffers/decompress-sync.js';
import { type Algorithm, type CompressOptions, type DecompressOptions, LEVELS } from '../format/codec-rules.js';
import { CodecError } from '../format/codec.errors.js';
import { trainDictionary } from '../training/train-dictionary.js';
import { measureLevels } from './measure-levels.js';

// Up to here the work takes this thread 10 to 35 µs; to post it to a worker and to hear from it takes as long, and 50 µs or
// more until the answer (bench/codec.ts prints both).
const SMALL_INPUT_BYTES_MAX = 4096;
const SMALL_OUTPUT_BYTES_MAX = 64 * 1024;

/** Whole input in, whole output out. */
export type CodecJob = CompressJob | DecompressJob | TrainJob | MeasureJob;

/** `mayDetachInput`: the input's memory may be moved away from the caller instead of copied. */
export interface CompressJob {
  readonly operation: 'compress';
  readonly input: Uint8Array;
  readonly options: CompressOptions;
  readonly mayDetachInput?: boolean;
}

/** See {@link CompressJob}. */
export interface DecompressJob {
  readonly operation: 'decompress';
  readonly input: Uint8Array;
  readonly options: DecompressOptions;
  readonly mayDetachInput?: boolean;
}

/** See {@link trainDictionary}. */
export interface TrainJob {
  readonly operation: 'train';
  readonly samples: readonly Uint8Array[];
  readonly sizeBytesMax: number;
}

/** Every level of an algorithm tried on the input; the output is the JSON text of {@link measureLevels}. */
export interface MeasureJob {
  readonly operation: 'measure';
  readonly input: Uint8Array;
  readonly algorithm: Algorithm;
}

/** Does the job on the calling thread; throws what its operation throws. */
export function performJob(job: CodecJob): Buffer {
  if (job.operation === 'train') {
    return trainDictionary(job.samples, job.sizeBytesMax);
  }
  if (job.operation === 'measure') {
    return Buffer.from(JSON.stringify(measureLevels(job.input, job.algorithm)));
  }
  return job.operation === 'compress' ? compressSync(job.input, job.options) : decompressSync(job.input, job.options);
}

/** How many bytes the job holds while it waits. */
export function jobBytes(job: CodecJob): number {
  return job.operation === 'train' ? job.samples.reduce((sum, sample) => sum + sample.length, 0) : job.input.length;
}

/**
 * Does a small and cheap job on the calling thread, where it takes tens of microseconds; undefined for one that belongs
 * in a worker, including small inputs that decompress to much.
 */
export function performIfSmall(job: CodecJob): Buffer | undefined {
  if (job.operation === 'train' || job.operation === 'measure' || job.input.length > SMALL_INPUT_BYTES_MAX) {
    return undefined;
  }
  if (job.operation === 'compress') {
    return job.options.level <= LEVELS[job.options.algorithm].balanced ? performJob(job) : undefined;
  }
  const outputLimitBytes = Math.min(job.options.outputLimitBytes, SMALL_OUTPUT_BYTES_MAX);
  try {
    return performJob({ ...job, options: { ...job.options, outputLimitBytes } });
  } catch (error) {
    const isLarger = error instanceof CodecError && error.reason === 'output_limit';
    if (isLarger && outputLimitBytes < job.options.outputLimitBytes) {
      return undefined;
    }
    throw error;
  }
}
