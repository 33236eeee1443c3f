import { types } from 'node:util';
import type { CodecJob } from './codec-job.js';

/** A job as it is posted to a worker, with the memory that moves along. */
export interface PackedJob {
  readonly job: CodecJob;
  readonly transfer: readonly ArrayBuffer[];
}

/** Puts each byte array into memory of its own, which can move: posting a view would copy all that it is a view of. */
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

/** Whether the view is all of its memory, and the memory is neither shared nor the pool that small Buffers come from. */
export function isMovable(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return types.isArrayBuffer(bytes.buffer) && bytes.byteLength === bytes.buffer.byteLength;
}

/** A copy in memory of its own. */
export function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
