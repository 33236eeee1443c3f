import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { JsonBody } from '../../platform/http/body/json-body.js';
import { JsonReader } from '../../platform/http/body/json-reader.js';
import { CodecPool } from './codec/pool/codec-pool.js';
import type { CodecJob } from './codec/pool/perform-job.js';
import { codecRefusal } from './codec/codec-client.js';
import { UsageMeter } from './usage/usage-meter.js';
import {
  type Compression,
  type CompressionView,
  type Decompression,
  type DecompressionView,
  WRAP_IT,
} from './compression.dto.js';
import { DictionaryStore } from './dictionaries/dictionary-store.js';
import { figuresOf, roundTo } from './usage/figures.view.js';
import { levelNumber } from './request/level.dto.js';
import { readBase64, printOriginal, readOriginal } from './request/read-original.js';

/** The most a JSON answer may hold; larger originals come back through the streamed form. */
const JSON_OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** The JSON form of the product: a value in, compressed base64 out, and back. */
@Injectable()
export class CompressionService {
  constructor(
    private readonly pool: CodecPool,
    private readonly dictionaries: DictionaryStore,
    private readonly completions: UsageMeter,
    private readonly reader: JsonReader,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @throws AppError REQ_001 for data that does not fit its encoding, COMP_003, SRV_002 when the owner's queue is full
   */
  async compress(
    caller: Principal,
    input: z.infer<typeof Compression> | undefined,
    body: JsonBody,
    signal: AbortSignal,
  ): Promise<z.infer<typeof CompressionView>> {
    if (!input) throw bodyMissing();
    const { algorithm, encoding } = input;
    const level = levelNumber(algorithm, input.level);
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, input.dictionary_id);
    const original = readOriginal(input.data, encoding, body);
    // both first: the original's memory may move to a worker
    const [checksum, bytesIn] = [sha256Hex(original), original.length];
    const started = performance.now();
    const options = { algorithm, level, dictionary };
    const compressed = await this.run(caller, signal, {
      operation: 'compress',
      input: original,
      options,
      mayDetachInput: true,
    });
    this.completions.count(caller, { operation: 'compress', algorithm, bytesIn, bytesOut: compressed.length });
    return {
      algorithm,
      level,
      ...(input.dictionary_id !== undefined && { dictionary_id: input.dictionary_id }),
      ...figuresOf(bytesIn, compressed.length),
      saved_percent: bytesIn === 0 ? 0 : roundTo((1 - compressed.length / bytesIn) * 100, 2),
      duration_ms: roundTo(performance.now() - started, 3),
      checksum,
      encoding,
      data: compressed.toString('base64'),
    };
  }

  /**
   * The answer as JSON text, because a JSON original goes into it in its exact characters.
   * @throws AppError COMP_001, COMP_002, COMP_003, SRV_002, REQ_001 if the original does not fit the encoding asked for
   */
  async decompress(
    caller: Principal,
    input: z.infer<typeof Decompression> | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    if (!input) throw bodyMissing();
    const { algorithm, encoding } = input;
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, input.dictionary_id);
    const compressed = readBase64(input.data, 'data');
    const bytesIn = compressed.length;
    const outputLimitBytes = Math.min(JSON_OUTPUT_LIMIT_BYTES, this.config.compressionOutputLimitBytes);
    const started = performance.now();
    const options = { algorithm, outputLimitBytes, dictionary };
    const original = await this.run(caller, signal, {
      operation: 'decompress',
      input: compressed,
      options,
      mayDetachInput: true,
    });
    const durationMs = roundTo(performance.now() - started, 3);
    // both first: the original's memory may move to a worker
    const [checksum, bytesOut] = [sha256Hex(original), original.length];
    const data = await printOriginal(original, encoding, (text) => this.reader.requireText(caller.userId, text));
    this.completions.count(caller, { operation: 'decompress', algorithm, bytesIn, bytesOut });
    const answer: Omit<z.infer<typeof DecompressionView>, 'data'> = {
      algorithm,
      ...figuresOf(bytesOut, bytesIn),
      duration_ms: durationMs,
      checksum,
      encoding,
    };
    return `${JSON.stringify(answer).slice(0, -1)},"data":${data}}`;
  }

  private async run(caller: Principal, signal: AbortSignal, job: CodecJob): Promise<Buffer> {
    try {
      return await this.pool.run(caller.userId, job, signal);
    } catch (error) {
      throw codecRefusal(error);
    }
  }
}

function bodyMissing(): AppError {
  return new AppError('REQ_001', {
    detail: `The body is required; ${WRAP_IT}.`,
    errors: [{ field: '(body)', message: `is required; ${WRAP_IT}` }],
  });
}
