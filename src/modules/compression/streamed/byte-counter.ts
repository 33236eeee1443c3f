import { createHash } from 'node:crypto';
import { collectYoungGarbage } from './collect-young-garbage.js';

/** Counts the bytes that pass through a stream. */
export class ByteCounter {
  sizeBytes = 0;

  add(chunk: Uint8Array): void {
    this.sizeBytes += chunk.length;
    collectYoungGarbage(chunk.length);
  }
}

/** Counts the bytes of an original and takes their SHA-256. */
export class OriginalCounter extends ByteCounter {
  private readonly hash = createHash('sha256');

  override add(chunk: Uint8Array): void {
    super.add(chunk);
    this.hash.update(chunk);
  }

  /** Hex; to be asked once, after the last byte. */
  checksum(): string {
    return this.hash.digest('hex');
  }
}
