import type { LookupFunction } from 'node:net';
import type { Client } from 'undici';
import { BlockedTargetError } from '../targets/resolve-public-address.js';
import { isPrivateHost } from '../targets/webhook-target.policy.js';
import { AnswerReader, type Reply } from './answer-reader.js';
import { AbortedError, type Answer, DeadlineError, describeFailure } from './describe-failure.js';

/** Connections that rest longer are closed, in milliseconds. */
const IDLE_CONNECTION_MS = 20_000;

/** Largest head of an answer, in bytes. */
const HEAD_BYTES_MAX = 16 * 1024;

const CLIENT_OPTIONS = {
  allowH2: false,
  keepAliveTimeout: IDLE_CONNECTION_MS,
  keepAliveMaxTimeout: IDLE_CONNECTION_MS,
  maxHeaderSize: HEAD_BYTES_MAX,
  // each request has one deadline for all of it
  headersTimeout: 0,
  bodyTimeout: 0,
} as const;

/** How the client goes about its requests. */
export interface HttpClientOptions {
  /** From the first look-up to the last byte, in milliseconds. */
  readonly deadlineMs: number;
  /** Judges and finds addresses; null: any address that the operating system finds. */
  readonly lookup: LookupFunction | null;
}

/** Where requests go: what they need of a URL, read once for many of them. */
export interface WebhookTarget {
  readonly endpointId: string;
  readonly origin: string;
  readonly path: string;
  /** It is an address that is not public, and nothing is sent. */
  readonly isBlocked: boolean;
}

/** Posts webhooks over connections that are kept open. Follows no redirect, and goes to public addresses only. */
export class WebhookHttpClient {
  /** One connection for each endpoint, by its id and origin, while it is used or rests. */
  private readonly connections = new Map<string, Client>();
  private readonly underWay = new Set<AnswerReader>();
  private aborted = false;
  /** Loaded with the first request: it takes 10 MB of memory that a server without webhooks can spare. */
  private undici: typeof import('undici') | undefined;

  constructor(private readonly options: HttpClientOptions) {}

  /** Whether {@link abort} was called. */
  get isAborted(): boolean {
    return this.aborted;
  }

  /** Reads a URL. An address in it is judged here, as it needs no look-up; a name is, each time, by the socket. */
  targetOf(endpointId: string, text: string): WebhookTarget {
    const { origin, pathname, search, hostname } = new URL(text);
    const isBlocked = this.options.lookup !== null && isPrivateHost(hostname);
    return { endpointId, origin, path: `${pathname}${search}`, isBlocked };
  }

  /**
   * Sends one request; `headers` are names and values in turn. Never rejects: whatever goes wrong is part of the answer.
   */
  async post(target: WebhookTarget, headers: string[], body: string): Promise<Answer> {
    const started = performance.now();
    const latency = (): number => Math.round(performance.now() - started);
    try {
      const { httpStatus, retryAfter, excerpt } = await this.exchange(target, headers, body);
      return {
        outcome: httpStatus >= 200 && httpStatus < 300 ? 'delivered' : 'rejected',
        httpStatus,
        retryAfter,
        responseExcerpt: excerpt,
        error: null,
        latencyMs: latency(),
      };
    } catch (error) {
      return {
        ...describeFailure(error, this.options.deadlineMs),
        httpStatus: null,
        retryAfter: undefined,
        responseExcerpt: null,
        latencyMs: latency(),
      };
    }
  }

  /** Closes the connections that rest. */
  async close(): Promise<void> {
    await Promise.all([...this.connections.values()].map((connection) => connection.destroy()));
  }

  /** Breaks off the requests under way, and any that is still made. */
  abort(): void {
    this.aborted = true;
    for (const reader of this.underWay) reader.breakOff(new AbortedError());
  }

  private async exchange(target: WebhookTarget, headers: string[], body: string): Promise<Reply> {
    if (target.isBlocked) throw new BlockedTargetError();
    this.undici ??= await import('undici');
    if (this.aborted) throw new AbortedError();
    const connection = this.connectionTo(target, this.undici);
    const reader = new AnswerReader(connection);
    this.underWay.add(reader);
    const deadline = setTimeout(() => reader.breakOff(new DeadlineError()), this.options.deadlineMs);
    try {
      connection.dispatch({ path: target.path, method: 'POST', headers, body }, reader);
      return await reader.reply;
    } finally {
      clearTimeout(deadline);
      this.underWay.delete(reader);
      if (connection.destroyed) this.forget(target, connection);
    }
  }

  private connectionTo(target: WebhookTarget, undici: typeof import('undici')): Client {
    const known = this.connections.get(keyOf(target));
    if (known) return known;
    const { deadlineMs, lookup } = this.options;
    const made = new undici.Client(target.origin, {
      ...CLIENT_OPTIONS,
      connect: { timeout: deadlineMs, ...(lookup && { lookup }) },
    });
    const forget = (): void => this.forget(target, made);
    made.once('disconnect', forget).once('connectionError', forget);
    this.connections.set(keyOf(target), made);
    return made;
  }

  private forget(target: WebhookTarget, connection: Client): void {
    if (this.connections.get(keyOf(target)) === connection) this.connections.delete(keyOf(target));
  }
}

function keyOf({ endpointId, origin }: WebhookTarget): string {
  return `${endpointId} ${origin}`;
}
