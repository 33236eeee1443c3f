import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import type { ByteCounter } from './byte-counter.js';

/** Small enough to hold for every open stream, large enough that most faults show before the status line is out. */
const HELD_BYTES_MAX = 64 * 1024;

type Callback = (error?: Error | null) => void;

/** What an answer says about itself. */
export interface AnswerHeaders {
  /** Known before the first byte. */
  readonly early: Readonly<Record<string, string>>;
  /** Names of the figures that are known after the last byte. */
  readonly lateNames: readonly string[];
  /** Called once, when the last byte is there and before the answer ends; gives the figures. */
  complete(): Readonly<Record<string, string>>;
}

/**
 * Writes an answer whose head waits until more than 64 KiB are there: a fault until then can still be answered as a
 * problem. A shorter answer goes out whole, with its length and all figures as headers; of a longer one the figures
 * follow as trailers (RFC 9110 §6.5). Without its end a chunked answer is broken, so nobody takes a part for the whole.
 */
export class AnswerWriter extends Writable {
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly headers: AnswerHeaders,
    private readonly tally: ByteCounter,
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Callback): void {
    this.tally.add(chunk);
    if (this.response.headersSent) {
      this.send(chunk, done);
      return;
    }
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes <= HELD_BYTES_MAX) {
      done();
      return;
    }
    this.setHeaders(this.headers.early);
    this.response.setHeader('Trailer', this.headers.lateNames.join(', '));
    this.send(this.release(), done);
  }

  override _final(done: Callback): void {
    const late = this.headers.complete();
    if (this.response.headersSent) {
      this.response.addTrailers(late);
      this.response.end(() => done());
      return;
    }
    this.setHeaders({ ...this.headers.early, ...late, 'Content-Length': String(this.heldBytes) });
    this.response.end(this.release(), () => done());
  }

  private send(bytes: Buffer, done: Callback): void {
    if (this.response.write(bytes)) done();
    else this.response.once('drain', () => done());
  }

  private setHeaders(headers: Readonly<Record<string, string>>): void {
    this.response.setHeader('Content-Type', 'application/octet-stream');
    for (const [name, value] of Object.entries(headers)) this.response.setHeader(name, value);
  }

  private release(): Buffer {
    const bytes = Buffer.concat(this.held, this.heldBytes);
    this.held = [];
    return bytes;
  }
}
