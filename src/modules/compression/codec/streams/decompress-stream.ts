import { Duplex } from 'node:stream';
import { types } from 'node:util';
import { CodecError } from '../format/codec.errors.js';
import { readZlibError } from '../format/read-zlib-error.js';
import type { DecompressOptions } from '../format/codec-rules.js';
import type { Decoder } from './create-decoder.js';

type Callback = (error?: Error | null) => void;

/** Feeds a decoder frame by frame, counts what comes out, and holds every byte fed against what the decoder took. */
export class DecompressStream extends Duplex {
  private readonly decoder: Decoder;
  private readonly options: DecompressOptions;
  private receivedBytes = 0;
  private fedBytes = 0;
  private outputBytes = 0;
  private probing = false;
  /** The writer who waits for the decoder. */
  private waiting: Callback | undefined;

  constructor(decoder: Decoder, options: DecompressOptions) {
    super({ allowHalfOpen: true });
    this.decoder = decoder;
    this.options = options;
    decoder.engine.on('data', (output: Buffer) => this.pass(output));
    decoder.engine.on('error', (error) => this.fail(decoder.faultOf(error, this.probing)));
    decoder.engine.on('end', () => this.endOutput());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Callback): void {
    this.receivedBytes += chunk.length;
    this.waiting = done;
    void this.feed(chunk);
  }

  override _final(done: Callback): void {
    this.waiting = done;
    try {
      this.finish();
    } catch (error) {
      this.fail(error);
    }
  }

  override _read(): void {
    this.decoder.engine.resume();
  }

  override _destroy(error: Error | null, done: Callback): void {
    this.decoder.engine.destroy();
    done(error);
  }

  private async feed(chunk: Buffer): Promise<void> {
    try {
      for (const part of this.decoder.split(chunk)) {
        this.fedBytes += part.length;
        await this.decode(part);
        this.checkTaken();
      }
      this.release();
    } catch (error) {
      this.fail(error);
    }
  }

  private decode(part: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.decoder.engine.write(part, unlessFailed(resolve));
    });
  }

  private finish(): void {
    const { engine, probe } = this.decoder;
    if (this.receivedBytes === 0) {
      throw new CodecError('empty');
    }
    this.decoder.finish();
    if (this.fedBytes === 0) {
      // Skippable frames only: an engine that saw nothing would call that a truncated stream.
      this.push(null);
      this.release();
    } else if (probe === undefined) {
      engine.end(unlessFailed(() => this.release()));
    } else {
      this.probing = true;
      engine.write(
        probe,
        unlessFailed(() => this.checkProbeLeft()),
      );
    }
  }

  private checkTaken(): void {
    if (this.decoder.engine.bytesWritten < this.fedBytes) {
      throw new CodecError('trailing');
    }
  }

  private checkProbeLeft(): void {
    if (this.decoder.engine.bytesWritten > this.fedBytes) {
      this.fail(this.decoder.faultOf(undefined, true));
    } else {
      this.release();
    }
  }

  private pass(output: Buffer): void {
    this.outputBytes += output.length;
    if (this.outputBytes > this.options.outputLimitBytes) {
      this.fail(new CodecError('output_limit'));
    } else if (!this.push(output)) {
      this.decoder.engine.pause();
    }
  }

  private endOutput(): void {
    if (this.decoder.engine.bytesWritten < this.fedBytes) {
      this.fail(new CodecError('trailing'));
    } else {
      this.push(null);
    }
  }

  private release(): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.();
  }

  private fail(fault: unknown): void {
    const cause = readZlibError(fault, this.options);
    this.waiting = undefined;
    this.destroy(types.isNativeError(cause) ? cause : new Error('The decoder failed.', { cause }));
  }
}

// What waits for an engine that failed is dropped: its error event says why, and ends the stream.
function unlessFailed(next: () => void): (error?: Error | null) => void {
  return (error) => {
    if (error === undefined || error === null) {
      next();
    }
  };
}
