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

/** What is sent. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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

  constructor(private readonly options: HttpClientOptions) {}

  /** Sends one request. Never rejects: whatever goes wrong is part of the answer. */
  async post(message: WebhookRequest, signal: AbortSignal): Promise<Answer> {
    const started = performance.now();
    const latency = (): number => Math.round(performance.now() - started);
    try {
      const { response, excerpt } = await this.exchange(message, signal);
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

  private async exchange(
    message: WebhookRequest,
    signal: AbortSignal,
  ): Promise<{ response: IncomingMessage; excerpt: string | null }> {
    const request = this.open(message, signal);
    const deadline = setTimeout(() => request.destroy(new DeadlineError()), this.options.deadlineMs);
    try {
      const response = await answerTo(request, message.body);
      // the status has arrived in time; a body that does not end is only cut off
      return { response, excerpt: await readExcerpt(response) };
    } finally {
      clearTimeout(deadline);
    }
  }

  private open({ url: text, headers, body }: WebhookRequest, signal: AbortSignal): ClientRequest {
    const url = new URL(text);
    const { lookup } = this.options;
    // an address needs no look-up, so none would judge it
    if (lookup && isPrivateHost(url.hostname)) throw new BlockedTargetError();
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      maxHeaderSize: HEAD_BYTES_MAX,
      signal,
      ...(lookup && { lookup }),
    };
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: this.https })
      : httpRequest(url, { ...options, agent: this.http });
  }
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
