import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { codeOf } from '../../../kernel/errors/code-of.js';
import { BlockedTargetError } from '../target/blocked-target-error.js';
import { isPrivateHost } from '../target/endpoint-url.js';
import { readExcerpt } from './read-excerpt.js';
import type { Answer } from './answer.js';

/** Connections that rest longer are closed, in milliseconds. */
const IDLE_CONNECTION_MS = 20_000;
const IDLE_CONNECTIONS_MAX = 64;

/** Largest head of an answer, in bytes. */
const HEAD_BYTES_MAX = 16 * 1024;

/** How the client goes about its requests. */
export interface HttpClientOptions {
  /** From the first look-up to the last byte, in milliseconds. */
  readonly deadlineMs: number;
  /** Judges and finds addresses; null: any address that the operating system finds. */
  readonly lookup: LookupFunction | null;
}

/** Where requests go: what they need of a URL, read once for many of them. */
export interface WebhookTarget {
  /** Null: it is an address that is not public, and nothing is sent. */
  readonly options: RequestOptions | null;
  readonly isHttps: boolean;
  /** The value of `Host`. */
  readonly host: string;
}

class DeadlineError extends Error {}

/** Posts webhooks over connections that are kept open. Follows no redirect, and goes to public addresses only. */
export class WebhookHttpClient {
  private readonly agentOptions = {
    keepAlive: true,
    maxFreeSockets: IDLE_CONNECTIONS_MAX,
    maxTotalSockets: Number.POSITIVE_INFINITY,
    timeout: IDLE_CONNECTION_MS,
    scheduling: 'lifo',
  } as const;
  private readonly http = new Agent(this.agentOptions);
  private readonly https = new HttpsAgent(this.agentOptions);
  private readonly underWay = new Set<ClientRequest>();
  private aborted = false;

  constructor(private readonly options: HttpClientOptions) {}

  /** Whether {@link abort} was called. */
  get isAborted(): boolean {
    return this.aborted;
  }

  /** Reads a URL. An address in it is judged here, as it needs no look-up; a name is, each time, by the socket. */
  targetOf(text: string): WebhookTarget {
    const url = new URL(text);
    const { lookup } = this.options;
    const isHttps = url.protocol === 'https:';
    // no more than is needed: node:http copies them for each request
    const options = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (isHttps ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      maxHeaderSize: HEAD_BYTES_MAX,
      agent: isHttps ? this.https : this.http,
      ...(lookup && { lookup }),
    };
    return { options: lookup && isPrivateHost(url.hostname) ? null : options, isHttps, host: url.host };
  }

  /**
   * Sends one request; `headers` are names and values in turn. Never rejects: whatever goes wrong is part of the answer.
   */
  async post(target: WebhookTarget, headers: readonly string[], body: string): Promise<Answer> {
    const started = performance.now();
    const latency = (): number => Math.round(performance.now() - started);
    try {
      const { response, excerpt } = await this.exchange(target, headers, body);
      const httpStatus = response.statusCode ?? 0;
      return {
        outcome: httpStatus >= 200 && httpStatus < 300 ? 'delivered' : 'rejected',
        httpStatus,
        retryAfter: response.headers['retry-after'],
        responseExcerpt: excerpt,
        error: null,
        latencyMs: latency(),
      };
    } catch (error) {
      return {
        ...explain(error, this.options.deadlineMs),
        httpStatus: null,
        retryAfter: undefined,
        responseExcerpt: null,
        latencyMs: latency(),
      };
    }
  }

  /** Closes the connections that rest. */
  close(): void {
    this.http.destroy();
    this.https.destroy();
  }

  /** Breaks off the requests under way, and any that is still made. */
  abort(): void {
    this.aborted = true;
    for (const request of this.underWay) request.destroy();
  }

  private async exchange(
    target: WebhookTarget,
    headers: readonly string[],
    body: string,
  ): Promise<{ response: IncomingMessage; excerpt: string | null }> {
    const request = open(target, headers, body);
    this.underWay.add(request);
    if (this.aborted) request.destroy();
    const deadline = setTimeout(() => request.destroy(new DeadlineError()), this.options.deadlineMs);
    try {
      const response = await answerTo(request, body);
      // the status has arrived in time; a body that does not end is only cut off
      return { response, excerpt: await readExcerpt(response) };
    } finally {
      clearTimeout(deadline);
      this.underWay.delete(request);
    }
  }
}

/** Headers in an array go out as they are: no other way of node:http costs as little. */
function open({ options, isHttps, host }: WebhookTarget, headers: readonly string[], body: string): ClientRequest {
  if (!options) throw new BlockedTargetError();
  const head = ['host', host, ...headers, 'content-length', String(Buffer.byteLength(body))];
  return (isHttps ? httpsRequest : httpRequest)({ ...options, headers: head });
}

function answerTo(request: ClientRequest, body: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve);
  // stays: a connection may also fail while the body of the answer is read
  request.on('error', reject);
  request.end(body);
  return promise;
}

/** Public sentences; what the operating system says could describe our network. */
function explain(error: unknown, deadlineMs: number): Pick<Answer, 'outcome' | 'error'> {
  if (error instanceof BlockedTargetError) return { outcome: 'blocked', error: error.message };
  if (error instanceof DeadlineError) return { outcome: 'timed_out', error: `no answer within ${deadlineMs / 1000} s` };
  const code = codeOf(error) ?? '';
  if (code === 'ENOTFOUND' || code === 'ENODATA') return { outcome: 'unreachable', error: 'the name has no address' };
  if (code === 'ECONNREFUSED') return { outcome: 'unreachable', error: 'the connection was refused' };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { outcome: 'unreachable', error: 'the connection was closed' };
  if (code.startsWith('HPE_')) return { outcome: 'unreachable', error: 'the answer is not HTTP' };
  if (/CERT|SIGNATURE|SELF_SIGNED|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code)) {
    return { outcome: 'unreachable', error: `TLS failed (${code})` };
  }
  return { outcome: 'unreachable', error: 'no connection could be made' };
}
