import { pipeline } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { askForBody } from '../../../platform/http/body/index.js';
import { codecRefusal } from '../codec/codec-client.js';
import type { Algorithm } from '../codec/format/codec-rules.js';
import { CodecPool } from '../codec/pool/codec-pool.js';
import { watchForStall } from '../request/watch-client.js';
import { type AnswerHeaders, AnswerWriter } from './answer-writer.js';
import { pieceBytesFor } from './batch-writer.js';
import type { ByteCounter } from './byte-counter.js';
import { bodyStream, discardBody } from './discard-body.js';
import { CutShortError, feedCodec } from './feed-codec.js';
import { lowerPoolPriority } from './lower-pool-priority.js';

/** A request and the answer that streams along with it. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** What a body is streamed through on its way to the answer. */
export interface Flow {
  /** What compresses or decompresses; called once. */
  create(): Duplex;
  readonly input: ByteCounter;
  readonly output: ByteCounter;
  readonly headers: AnswerHeaders;
  /** What the codec is asked for, if that can make it slow. */
  readonly options?: { readonly algorithm: Algorithm; readonly level: number };
}

/** Streams the body of a request through a codec into the answer, in constant memory. */
@Injectable()
export class StreamBodyService implements OnModuleInit {
  constructor(private readonly pool: CodecPool) {}

  async onModuleInit(): Promise<void> {
    await lowerPoolPriority();
  }

  /**
   * Counts as an open stream of the caller while it lasts, whichever way it ends.
   * @throws AppError SRV_002 when too many streams are open, COMP_001, COMP_002, REQ_002 for a body that ends early
   */
  async stream(caller: Principal, exchange: Exchange, flow: Flow): Promise<void> {
    let release: (() => void) | undefined;
    try {
      release = this.pool.acquireStream(caller.userId, flow.options);
      await flowThrough(exchange, flow, () => pieceBytesFor(this.pool.openStreams));
    } catch (error) {
      discardBody(exchange.request);
      throw refusalOf(error);
    } finally {
      release?.();
    }
  }
}

/** Settles when the answer is out; a client that leaves or stalls ends the flow. */
async function flowThrough({ request, response }: Exchange, flow: Flow, pieceBytes: () => number): Promise<void> {
  const leaving = new AbortController();
  const leave = (): void => leaving.abort(new CutShortError());
  // a stream may last, as long as it moves
  clearTimeout(request.bodyDeadline);
  const endWatch = watchForStall(request.socket, leave);
  const closed = (): void => {
    if (!response.writableFinished) leave();
  };
  response.once('close', closed);
  if (response.destroyed) leave();
  const codec = flow.create();
  const answer = new AnswerWriter(response, flow.headers, flow.output);
  try {
    const done = pipeline(codec, answer, { signal: leaving.signal });
    askForBody(request);
    feedCodec(bodyStream(request), codec, flow.input, pieceBytes);
    await done;
  } finally {
    endWatch();
    response.off('close', closed);
  }
}

function refusalOf(error: unknown): unknown {
  const cause = error instanceof Error && error.name === 'AbortError' ? error.cause : error;
  if (cause instanceof CutShortError) return new AppError('REQ_002', { detail: cause.message, cause });
  return codecRefusal(cause);
}
