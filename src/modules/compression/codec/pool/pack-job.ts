import { isMovable, ownCopy } from '../../../../platform/threads/movable-memory.js';
import type { CodecJob } from './perform-job.js';

/** A job as it is posted to a worker, with the memory that moves along. */
export interface PackedJob {
  readonly job: CodecJob;
  readonly transfer: readonly ArrayBuffer[];
}

/** Puts each byte array into memory of its own, which can move. */
export function packJob(job: CodecJob): PackedJob {
  if (job.operation === 'train') {
    const samples = job.samples.map((sample) => ownCopy(sample));
    return { job: { ...job, samples }, transfer: samples.map((sample) => sample.buffer) };
  }
  if (job.operation === 'measure') {
    const input = ownCopy(job.input);
    return { job: { ...job, input }, transfer: [input.buffer] };
  }
  const input = job.mayDetachInput === true && isMovable(job.input) ? job.input : ownCopy(job.input);
  const dictionary = job.options.dictionary === undefined ? undefined : ownCopy(job.options.dictionary);
  return {
    job:
      job.operation === 'compress'
        ? { ...job, input, options: { ...job.options, dictionary } }
        : { ...job, input, options: { ...job.options, dictionary } },
    transfer: dictionary === undefined ? [input.buffer] : [input.buffer, dictionary.buffer],
  };
}
