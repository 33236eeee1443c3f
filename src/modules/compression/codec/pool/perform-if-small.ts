import { LEVELS } from '../format/algorithms.js';
import { performJob } from './perform-job.js';
import type { CodecJob } from './perform-job.js';
import { CodecError } from '../format/codec.errors.js';

// Up to here the work takes this thread 10 to 35 µs; to post it to a worker and to hear from it takes as long, and 50 µs or
// more until the answer (bench/codec.ts prints both).
const SMALL_INPUT_BYTES_MAX = 4096;
const SMALL_OUTPUT_BYTES_MAX = 64 * 1024;

/**
 * Does a small and cheap job on the calling thread, where it takes tens of microseconds; undefined for one that belongs
 * in a worker, including small inputs that turn out to decompress to much.
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
