import { types } from 'node:util';
import { type Gunzip, gunzipSync, type ZlibOptions } from 'node:zlib';
import { CodecError } from '../format/codec.errors.js';
import { GZIP_PROBE, GzipFaultDetector } from './gzip-fault-detector.js';

/** The contents of all members of `input`, in one pass of gunzip; throws CodecError or what gunzip throws. */
export function gunzipMembers(input: Uint8Array, limits: ZlibOptions): Buffer {
  const members = new GzipFaultDetector();
  members.saw(input);
  try {
    const { buffer, engine } = gunzip(input, limits);
    if (engine.bytesWritten < input.length) {
      throw new CodecError('trailing');
    }
    return buffer;
  } catch (error) {
    throw isUnexpectedEnd(error) ? members.endFaultOf(probe(input, limits)) : members.faultOf(error);
  }
}

/** What gunzip says to one more byte, or undefined if it takes it. */
function probe(input: Uint8Array, limits: ZlibOptions): unknown {
  try {
    gunzip(Buffer.concat([input, GZIP_PROBE]), limits);
    return undefined;
  } catch (error) {
    return error;
  }
}

interface Gunzipped {
  readonly buffer: Buffer;
  readonly engine: Gunzip;
}

function gunzip(input: Uint8Array, limits: ZlibOptions): Gunzipped {
  const result: unknown = gunzipSync(input, { ...limits, info: true });
  if (!isGunzipped(result)) {
    throw new TypeError('node:zlib did not return its engine.');
  }
  return result;
}

// With `info` the engine is returned too, which the type declarations of gunzipSync do not know.
function isGunzipped(result: unknown): result is Gunzipped {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result;
}

function isUnexpectedEnd(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'Z_BUF_ERROR';
}
