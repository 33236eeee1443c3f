import type { Client, Dispatcher } from 'undici';
import { Excerpt } from './excerpt.js';

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
