import { types } from 'node:util';
import { CodecError } from '../format/codec.errors.js';

const MAGIC = [0x1f, 0x8b] as const;

/**
 * A byte to offer to gunzip after the input: it leaves a zero alone after the end of a member, and takes it anywhere
 * else. That tells a clean end from a truncated one, which its own "unexpected end of file" confuses with a stray byte.
 */
export const GZIP_PROBE: Uint8Array = Uint8Array.of(0);

/**
 * Says what gunzip's faults mean for a sequence of members (RFC 1952, 2.2). Gunzip goes on from member to member by
 * itself, so bytes that belong to none show as a bad header: of the first member or of a later one.
 */
export class GzipFaultDetector {
  private readonly head: number[] = [];
  private last = 0;

  /** Takes note of the next bytes of input. */
  saw(chunk: Uint8Array): void {
    this.head.push(...chunk.subarray(0, MAGIC.length - this.head.length));
    this.last = chunk.at(-1) ?? this.last;
  }

  /** The meaning of an error that the input itself raised; errors that are no header fault come back as they are. */
  faultOf(error: unknown): unknown {
    return isHeaderFault(error) ? new CodecError(this.foreignReason(), undefined, { cause: error }) : error;
  }

  /** The meaning of what {@link GZIP_PROBE} raised, or of its having been taken. */
  endFaultOf(error?: unknown): CodecError {
    // Only a header that lacks its second byte refuses a zero as one; a lone 0x1f may have been the start of a member.
    const isStrayByte = isHeaderFault(error) && this.last !== MAGIC[0];
    return new CodecError(isStrayByte ? this.foreignReason() : 'truncated');
  }

  private foreignReason(): 'corrupt' | 'trailing' {
    return MAGIC.every((byte, index) => this.head[index] === byte) ? 'trailing' : 'corrupt';
  }
}

function isHeaderFault(error: unknown): boolean {
  return types.isNativeError(error) && error.message === 'incorrect header check';
}
