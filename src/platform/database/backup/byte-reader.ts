import { BackupError } from './backup-error.js';

/** Reads a stream of chunks by the number of bytes. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes, between one and `countMax` of them; null at the end. */
  async some(countMax: number): Promise<Buffer | null> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done) return null;
      this.rest = next.value;
    }
    const taken = this.rest.subarray(0, countMax);
    this.rest = this.rest.subarray(taken.length);
    return taken;
  }

  /** Hands the next `count` bytes on, as they come. @throws BackupError if there are fewer */
  async forward(count: number, receive: (bytes: Buffer) => unknown): Promise<void> {
    for (let left = count; left > 0;) {
      const bytes = await this.some(left);
      if (!bytes) throw new BackupError('The archive ends too early.');
      await receive(bytes);
      left -= bytes.length;
    }
  }
}
