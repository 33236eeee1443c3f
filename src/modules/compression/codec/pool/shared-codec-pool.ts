import { CodecPool } from './codec-pool.js';

let pool: CodecPool | undefined;

/** The pool of this process, made at first use: its workers are to be as many as the cores allow, so there is one. */
export function sharedCodecPool(): CodecPool {
  pool ??= new CodecPool();
  return pool;
}
