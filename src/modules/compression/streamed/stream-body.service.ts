import { pipeline } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import type { Algorithm } from '../codec/format/algorithms.js';
import { CodecPool } from '../codec/pool/codec-pool.js';
import { createCompressor } from '../codec/streams/create-codec-stream.js';
import { createDecompressor } from '../codec/streams/create-decompressor.js';
import { codecRefusal } from '../codec/codec-client.js';
import { UsageMeter } from '../usage/usage-meter.js';
import { DictionaryStore } from '../dictionaries/dictionary-store.js';
import { ratioOf } from '../usage/figures.view.js';
import { levelNumber } from '../request/level.dto.js';
import { bodyStream } from './body-stream.js';
import { ByteCounter, OriginalCounter } from './byte-counter.js';
import { discardBody } from './discard-body.js';
import { CutShortError, feedCodec } from './feed-codec.js';
import { type AnswerHeaders, AnswerWriter } from './answer-writer.js';
import { pieceBytesFor } from './piece-bytes.js';
import { watchForStall } from '../request/watch-client.js';
import { lowerPoolPriority } from './lower-pool-priority.js';
import type { StreamedCompression, StreamedDecompression } from './streamed.dto.js';

/** A request and the answer that streams along with it. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

const LATE_NAMES = [
  'X-Compression-Original-Size',
  'X-Compression-Compressed-Size',
  'X-Compression-Ratio',
  'X-Compression-Checksum',
];

/** The streamed form of the product: bytes in, bytes out, in constant memory. */
@Injectable()
export class StreamedCompressionService implements OnModuleInit {
  constructor(
    private readonly pool: CodecPool,
    private readonly dictionaries: DictionaryStore,
    private readonly completions: UsageMeter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    await lowerPoolPriority();
  }

  /** @throws AppError SRV_002 when too many streams are open, COMP_003, REQ_002 for a body that ends early */
  async compress(caller: Principal, query: z.infer<typeof StreamedCompression>, exchange: Exchange): Promise<void> {
    const { algorithm } = query;
    const level = levelNumber(algorithm, query.level);
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, query.dictionary_id);
    const [original, compressed] = [new OriginalCounter(), new ByteCounter()];
    const count = (): void => {
      const [bytesIn, bytesOut] = [original.sizeBytes, compressed.sizeBytes];
      this.completions.count(caller, { operation: 'compress', algorithm, bytesIn, bytesOut });
    };
    await this.run(caller, { algorithm, level }, exchange, {
      create: () => createCompressor({ algorithm, level, dictionary }),
      input: original,
      output: compressed,
      headers: headersOf({ algorithm, level }, original, compressed, count),
    });
  }

  /** @throws AppError COMP_001, COMP_002, COMP_003, SRV_002, REQ_002 */
  async decompress(caller: Principal, query: z.infer<typeof StreamedDecompression>, exchange: Exchange): Promise<void> {
    const { algorithm } = query;
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, query.dictionary_id);
    const outputLimitBytes = this.config.compressionOutputLimitBytes;
    const [compressed, original] = [new ByteCounter(), new OriginalCounter()];
    const count = (): void => {
      const [bytesIn, bytesOut] = [compressed.sizeBytes, original.sizeBytes];
      this.completions.count(caller, { operation: 'decompress', algorithm, bytesIn, bytesOut });
    };
    await this.run(caller, undefined, exchange, {
      create: () => createDecompressor({ algorithm, outputLimitBytes, dictionary }),
      input: compressed,
      output: original,
      headers: headersOf({ algorithm }, original, compressed, count),
    });
  }

  /** Holds a place while the stream lasts, whichever way it ends. */
  private async run(
    caller: Principal,
    options: { algorithm: Algorithm; level: number } | undefined,
    exchange: Exchange,
    flow: Flow,
  ): Promise<void> {
    let release: (() => void) | undefined;
    try {
      release = this.pool.acquireStream(caller.userId, options);
      await flowThrough(exchange, flow, () => pieceBytesFor(this.pool.openStreams));
    } catch (error) {
      discardBody(exchange.request, bodyStream(exchange.request));
      throw refusalOf(error);
    } finally {
      release?.();
    }
  }
}

interface Flow {
  create(): Duplex;
  readonly input: ByteCounter;
  readonly output: ByteCounter;
  readonly headers: AnswerHeaders;
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
    feedCodec(bodyStream(request), codec, flow.input, pieceBytes);
    await done;
  } finally {
    endWatch();
    response.off('close', closed);
  }
}

function headersOf(
  { algorithm, level }: { algorithm: Algorithm; level?: number },
  original: OriginalCounter,
  compressed: ByteCounter,
  count: () => void,
): AnswerHeaders {
  return {
    early: {
      'X-Compression-Algorithm': algorithm,
      ...(level !== undefined && { 'X-Compression-Level': String(level) }),
    },
    lateNames: LATE_NAMES,
    complete: () => {
      // before the client has the whole answer, so that the statistics it then asks for hold it
      count();
      return {
        'X-Compression-Original-Size': String(original.sizeBytes),
        'X-Compression-Compressed-Size': String(compressed.sizeBytes),
        'X-Compression-Ratio': String(ratioOf(original.sizeBytes, compressed.sizeBytes)),
        'X-Compression-Checksum': original.checksum(),
      };
    },
  };
}

function refusalOf(error: unknown): unknown {
  const cause = error instanceof Error && error.name === 'AbortError' ? error.cause : error;
  if (cause instanceof CutShortError) return new AppError('REQ_002', { detail: cause.message, cause });
  return codecRefusal(cause);
}
