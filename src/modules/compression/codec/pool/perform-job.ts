import type { Algorithm } from '../format/algorithms.js';
import type { CompressOptions, DecompressOptions } from '../format/codec-rules.js';
import { compressSync } from '../buffers/compress-sync.js';
import { decompressSync } from '../buffers/decompress-sync.js';
import { measureLevels } from './measure-levels.js';
import { trainDictionary } from '../training/train-dictionary.js';

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
