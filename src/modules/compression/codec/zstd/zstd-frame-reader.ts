import { WINDOW_LOG_MAX } from '../format/codec-rules.js';
import { CodecError } from '../format/codec.errors.js';
import { frameHeaderBytes, hasContentChecksum, readWindowBytes } from './read-frame-header.js';

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const SKIPPABLE_MAGIC_TAIL = Buffer.from([0x2a, 0x4d, 0x18]);
const CHECKSUM_BYTES = 4;
/** Descriptor 1, window 1, dictionary id 4, content size 8: the longest field. */
const FIELD_BYTES_MAX = 14;
const WINDOW_BYTES_MAX = 2 ** WINDOW_LOG_MAX;

type Field = 'magic' | 'skippable_size' | 'descriptor' | 'header' | 'block';

/**
 * Finds where zstd frames end (RFC 8878, 3.1) without decoding them: headers are read, block contents stepped over.
 * node:zlib drops what follows the first frame of a chunk, so its decoder has to be fed frame by frame; and here a
 * frame's window, and whether its content can be checked at all, are known before a byte is decoded.
 */
export class ZstdFrameReader {
  private readonly checksumRequired: boolean;
  private readonly field = Buffer.alloc(FIELD_BYTES_MAX);
  private expected: Field = 'magic';
  private have = 0;
  private want = MAGIC.length;
  /** Bytes to step over before the next field. */
  private passing = 0;
  /** Whether the frame ends once those bytes are passed. */
  private closing = false;
  /** Whether the bytes at hand are for the decoder: of a frame, not of a skippable one. */
  private decodable = false;
  private hasChecksum = false;
  private framesSeen = 0;

  /** `checksumRequired` refuses frames without content checksum: with a dictionary, nothing else tells a wrong one. */
  constructor({ checksumRequired }: { checksumRequired: boolean }) {
    this.checksumRequired = checksumRequired;
  }

  /**
   * The parts of `chunk` for a decoder, in order; each ends where a frame or the chunk does. Skippable frames are left
   * out. Throws CodecError (corrupt, trailing, window_limit, dictionary_mismatch) at a fault of the framing, once the
   * frames before it have been handed out.
   */
  *split(chunk: Uint8Array): Generator<Uint8Array, void, void> {
    let from = 0;
    for (let at = 0; at < chunk.length;) {
      const opening = this.expected === 'magic';
      const taken = this.advance(chunk.subarray(at));
      at += taken;
      if (opening && this.decodable) {
        from = at - taken;
        if (taken < MAGIC.length) {
          yield MAGIC;
          from = at;
        }
      }
      if (this.closing && this.passing === 0) {
        const isDecodable = this.decodable;
        this.close();
        if (isDecodable) {
          yield chunk.subarray(from, at);
        }
      }
    }
    if (this.decodable && from < chunk.length) {
      yield chunk.subarray(from);
    }
  }

  /** Throws CodecError unless the bytes so far are whole frames: truncated, or trailing for a stray end. */
  finish(): void {
    if (this.expected !== 'magic') {
      throw new CodecError('truncated');
    }
    if (this.have > 0) {
      throw new CodecError(this.couldBecomeMagic() ? 'truncated' : this.foreignReason());
    }
  }

  /** Steps over block content or gathers bytes of the expected field; returns how many bytes it took. */
  private advance(rest: Uint8Array): number {
    if (this.passing > 0) {
      const passed = Math.min(this.passing, rest.length);
      this.passing -= passed;
      return passed;
    }
    const gathered = Math.min(this.want - this.have, rest.length);
    this.field.set(rest.subarray(0, gathered), this.have);
    this.have += gathered;
    if (this.have === this.want) {
      this.read();
    }
    return gathered;
  }

  private read(): void {
    switch (this.expected) {
      case 'magic':
        return this.readMagic();
      case 'skippable_size':
        return this.pass(this.field.readUInt32LE(0), { closing: true });
      case 'descriptor':
        return this.readDescriptor();
      case 'header':
        return this.readHeader();
      case 'block':
        return this.readBlockHeader();
    }
  }

  private readMagic(): void {
    if (!this.couldBecomeMagic()) {
      throw new CodecError(this.foreignReason());
    }
    this.decodable = this.field[0] === MAGIC[0];
    if (this.decodable) {
      this.expect('descriptor', 1);
    } else {
      this.expect('skippable_size', 4);
    }
  }

  // The descriptor tells how long the rest of the header is; it stays in the field as its first byte.
  private readDescriptor(): void {
    const descriptor = this.field.readUInt8(0);
    this.hasChecksum = hasContentChecksum(descriptor);
    if (this.checksumRequired && !this.hasChecksum) {
      throw new CodecError(
        'dictionary_mismatch',
        'The data carries no checksum, so nothing would tell whether the dictionary is the right one.',
      );
    }
    this.expect('header', frameHeaderBytes(descriptor));
    this.have = 1;
  }

  private readHeader(): void {
    if (readWindowBytes(this.field) > WINDOW_BYTES_MAX) {
      throw new CodecError('window_limit');
    }
    this.expect('block', 3);
  }

  private readBlockHeader(): void {
    const header = this.field.readUIntLE(0, 3);
    const isLast = (header & 1) === 1;
    const type = (header >> 1) & 0b11;
    if (type === 3) {
      throw new CodecError('corrupt');
    }
    const contentBytes = type === 1 ? 1 : header >> 3;
    const checksumBytes = isLast && this.hasChecksum ? CHECKSUM_BYTES : 0;
    this.pass(contentBytes + checksumBytes, { closing: isLast });
    this.have = 0;
  }

  private pass(bytes: number, { closing }: { closing: boolean }): void {
    this.passing = bytes;
    this.closing = closing;
  }

  private expect(field: Field, bytes: number): void {
    this.expected = field;
    this.want = bytes;
    this.have = 0;
  }

  private close(): void {
    this.framesSeen += 1;
    this.closing = false;
    this.decodable = false;
    this.expect('magic', MAGIC.length);
  }

  private couldBecomeMagic(): boolean {
    const seen = this.field.subarray(0, this.have);
    const isSkippable = (this.field.readUInt8(0) & 0xf0) === 0x50 && startsWith(SKIPPABLE_MAGIC_TAIL, seen.subarray(1));
    return isSkippable || startsWith(MAGIC, seen);
  }

  private foreignReason(): 'corrupt' | 'trailing' {
    return this.framesSeen === 0 ? 'corrupt' : 'trailing';
  }
}

function startsWith(whole: Buffer, part: Uint8Array): boolean {
  return whole.subarray(0, part.length).equals(part);
}
