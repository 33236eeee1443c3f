import { codeOf } from '../../../kernel/errors/code-of.js';
import type { AttemptOutcome } from '../deliveries/webhook-attempt.entity.js';
import { BlockedTargetError } from '../targets/resolve-public-address.js';

/** What came of one request to an endpoint. */
export interface Answer {
  readonly outcome: AttemptOutcome;
  /** Null: there was no answer. */
  readonly httpStatus: number | null;
  readonly retryAfter: string | undefined;
  /** The beginning of the answer's body as text; null: none was read. */
  readonly responseExcerpt: string | null;
  /** A sentence for the owner; null when there was an answer. */
  readonly error: string | null;
  readonly latencyMs: number;
}

/** A receiver did not answer in time. */
export class DeadlineError extends Error {}

/** The process stops, and does not wait for the answer. */
export class AbortedError extends Error {}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name has no address',
  ENODATA: 'the name has no address',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_OVERFLOW: 'the answer is not HTTP',
};

/** Says why there is no answer, in public sentences: what the operating system says could describe our network. */
export function describeFailure(error: unknown, deadlineMs: number): Pick<Answer, 'outcome' | 'error'> {
  if (error instanceof BlockedTargetError) return { outcome: 'blocked', error: error.message };
  const code = codeOf(error) ?? '';
  if (error instanceof DeadlineError || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return { outcome: 'timed_out', error: `no answer within ${deadlineMs / 1000} s` };
  }
  return { outcome: 'unreachable', error: sentenceOf(error, code) };
}

function sentenceOf(error: unknown, code: string): string {
  if (error instanceof AbortedError) return 'the connection was closed';
  if (Object.hasOwn(SENTENCES, code)) return SENTENCES[code] ?? '';
  if ((error as Error).name === 'HTTPParserError') return 'the answer is not HTTP';
  return /CERT|SIGNATURE|SELF_SIGNED|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code)
    ? `TLS failed (${code})`
    : 'no connection could be made';
}
