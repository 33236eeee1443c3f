import { types } from 'node:util';
import { isMovable, ownCopy } from '../../../../platform/threads/index.js';
import { CodecError, type CodecErrorReason } from '../format/codec.errors.js';
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

/** A worker's answer to one job; an error does not survive the way between threads as its class, so its parts go. */
export type CodecReply =
  | { readonly outcome: 'done'; readonly output: Uint8Array<ArrayBuffer> }
  | { readonly outcome: 'refused'; readonly reason: CodecErrorReason; readonly sentence: string }
  | { readonly outcome: 'failed'; readonly name: string; readonly message: string };

/** The answer that stands for an error. */
export function packError(error: unknown): CodecReply {
  if (error instanceof CodecError) {
    return { outcome: 'refused', reason: error.reason, sentence: error.message };
  }
  return types.isNativeError(error)
    ? { outcome: 'failed', name: error.name, message: error.message }
    : { outcome: 'failed', name: 'Error', message: String(error) };
}

/** The output of an answer; throws CodecError, RangeError or Error as the job did. */
export function unpackReply(reply: CodecReply): Buffer {
  if (reply.outcome === 'done') {
    return Buffer.from(reply.output.buffer, reply.output.byteOffset, reply.output.byteLength);
  }
  if (reply.outcome === 'refused') {
    throw new CodecError(reply.reason, reply.sentence);
  }
  throw reply.name === 'RangeError' ? new RangeError(reply.message) : new Error(reply.message);
}
