import type { Client, Dispatcher } from 'undici';

/** What a receiver answered. */
export interface Reply {
  readonly httpStatus: number;
  readonly retryAfter: string | undefined;
  /** The beginning of the body as text; null: none was read. */
  readonly excerpt: string | null;
}

/**
 * One request and its answer, as undici reports them. Once the status has arrived there is an answer: a body that does
 * not end, is too long or breaks off is only cut off.
 */
export class AnswerReader implements Dispatcher.DispatchHandler {
  private readonly over = Promise.withResolvers<Reply>();
  private readonly excerpt = new Excerpt();
  private head: Omit<Reply, 'excerpt'> | null = null;

  constructor(private readonly connection: Client) {}

  /** Rejects with what went wrong before there was a status. */
  get reply(): Promise<Reply> {
    return this.over.promise;
  }

  /** Gives it up with its connection, which carries nothing else; one that is still being made sends nothing any more. */
  breakOff(reason: Error): void {
    this.end(reason);
    void this.connection.destroy(reason);
  }

  // undici asks for it
  onRequestStart(): void {}

  onResponseStart(_controller: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    // an interim answer: the final one follows
    if (status < 200) return;
    this.head = { httpStatus: status, retryAfter: [headers['retry-after']].flat()[0] };
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (!this.excerpt.add(chunk)) this.breakOff(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.end(null);
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.end(error);
  }

  /** `fault` matters as long as there is no status; a complete answer has one. */
  private end(fault: Error | null): void {
    if (this.head) this.over.resolve({ ...this.head, excerpt: this.excerpt.text });
    else this.over.reject(fault);
  }
}

/** How much of an answer is read, in bytes; the connection of a longer one is given up. */
const READ_BYTES_MAX = 64 * 1024;
/** How much of it is kept, in characters. */
const EXCERPT_LENGTH_MAX = 1_000;

/** The beginning of an answer's body, kept as text. */
class Excerpt {
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readBytes = 0;

  /** Takes the next bytes. @returns whether more may be read */
  add(chunk: Buffer): boolean {
    this.readBytes += chunk.length;
    if (this.keptBytes < EXCERPT_LENGTH_MAX * 4) {
      this.kept.push(chunk);
      this.keptBytes += chunk.length;
    }
    return this.readBytes <= READ_BYTES_MAX;
  }

  /** Null: nothing came. */
  get text(): string | null {
    return this.keptBytes === 0 ? null : printable(Buffer.concat(this.kept));
  }
}

/** Text that a database and a log can hold: well-formed, without control characters but for line ends and tabs. */
function printable(bytes: Buffer): string {
  const text = bytes.toString('utf8').slice(0, EXCERPT_LENGTH_MAX).toWellFormed();
  // the rule takes control characters in a pattern for an accident; here they are what is looked for
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '\uFFFD');
}
