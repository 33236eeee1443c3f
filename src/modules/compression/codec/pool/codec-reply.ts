import { types } from 'node:util';
import { CodecError } from '../format/codec.errors.js';
import type { CodecErrorReason } from '../format/codec.errors.js';

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
