import type { Writable } from 'node:stream';
import type { ByteCounter } from './byte-counter.js';

const KIB = 1024;
const PIECE_BYTES_MIN = 64 * KIB;
const PIECE_BYTES_MAX = 256 * KIB;
/** What all streams together may have the event loop hash before it serves others. */
const PIECES_TOGETHER_BYTES = 512 * KIB;

/**
 * How much of a stream is handed to a codec at a time, in bytes. Large pieces make a stream up to a quarter faster, as a
 * hand-over costs little beside the work; but the event loop hashes each, so beside many streams they are smaller.
 */
export function pieceBytesFor(openStreams: number): number {
  return Math.min(Math.max(Math.floor(PIECES_TOGETHER_BYTES / openStreams), PIECE_BYTES_MIN), PIECE_BYTES_MAX);
}

/**
 * Hands chunks to a codec in large pieces: what arrives while it works on one is the next. Each piece wakes a thread of
 * the pool and then the event loop, which costs as much as a fast codec takes for 16 KiB. A chunk that finds the codec
 * idle goes at once, and one that finds it destroyed is dropped.
 */
export class BatchWriter {
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private batch: Buffer | undefined;
  private isBusy = false;
  private isEnded = false;

  /**
   * @param pieceBytes largest piece that several chunks are put together to; may change meanwhile
   * @param onTaken called whenever the codec has taken what waited: more may be added
   */
  constructor(
    private readonly codec: Writable,
    private readonly tally: ByteCounter,
    private readonly pieceBytes: () => number,
    private readonly onTaken: () => void,
  ) {}

  /** @returns false when enough waits: the next chunk is to come after `onTaken` */
  add(chunk: Buffer): boolean {
    if (this.codec.destroyed) return true;
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (!this.isBusy) this.writeWaiting();
    return this.waitingBytes < this.pieceBytes();
  }

  /** Ends the codec after what waits. */
  end(): void {
    this.isEnded = true;
    if (!this.isBusy) this.codec.end();
  }

  private writeWaiting(): void {
    const piece = this.takePiece();
    this.isBusy = true;
    this.codec.write(piece, (error) => {
      if (!error) this.proceed();
    });
    // now that the pool is at work: the hash then takes no time of its own
    this.tally.add(piece);
  }

  private proceed(): void {
    this.isBusy = false;
    if (this.waitingBytes > 0) {
      this.writeWaiting();
      this.onTaken();
    } else if (this.isEnded) {
      this.codec.end();
    }
  }

  /** A chunk that waits alone as it is; several copied into the one batch, which the codec has left by then. */
  private takePiece(): Buffer {
    const [first, second] = this.waiting as [Buffer, Buffer?];
    const sizeMax = this.pieceBytes();
    if (!second || first.length + second.length > sizeMax) return this.takeChunk();
    if (!this.batch || this.batch.length < sizeMax) this.batch = Buffer.allocUnsafeSlow(sizeMax);
    let size = 0;
    while (this.waiting[0] && size + this.waiting[0].length <= sizeMax) {
      size += this.takeChunk().copy(this.batch, size);
    }
    return this.batch.subarray(0, size);
  }

  private takeChunk(): Buffer {
    const chunk = this.waiting.shift() as Buffer;
    this.waitingBytes -= chunk.length;
    return chunk;
  }
}
