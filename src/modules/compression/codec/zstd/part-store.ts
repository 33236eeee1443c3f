const BLOCK_BYTES = 64 * 1024;
const SMALL_BYTES_MAX = 16 * 1024;

/**
 * Collects parts of any number and size: large ones are kept as they are, small ones are copied into blocks, since each
 * would otherwise keep the piece of memory alive that it was decoded into.
 */
export class PartStore {
  private readonly parts: Uint8Array[] = [];
  private block = Buffer.alloc(0);
  /** What lies between in the block is not yet in the list. */
  private from = 0;
  private to = 0;
  private lengthBytes = 0;

  /** How many bytes were appended. */
  get length(): number {
    return this.lengthBytes;
  }

  append(part: Uint8Array): void {
    this.lengthBytes += part.length;
    if (part.length > SMALL_BYTES_MAX) {
      this.seal();
      this.parts.push(part);
      return;
    }
    if (this.to + part.length > this.block.length) {
      this.seal();
      this.block = Buffer.allocUnsafe(BLOCK_BYTES);
      this.from = 0;
      this.to = 0;
    }
    this.block.set(part, this.to);
    this.to += part.length;
  }

  /** All parts in one buffer. */
  join(): Buffer {
    this.seal();
    return Buffer.concat(this.parts, this.lengthBytes);
  }

  private seal(): void {
    if (this.to > this.from) {
      this.parts.push(this.block.subarray(this.from, this.to));
      this.from = this.to;
    }
  }
}
