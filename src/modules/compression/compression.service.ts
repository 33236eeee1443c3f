import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { JsonBody } from '../../platform/http/body/parse-json-body.js';
import { LEVELS } from './codec/algorithms.js';
import { CodecBusyError } from './codec/codec-busy-error.js';
import { CodecError } from './codec/codec-error.js';
import { compressBuffer } from './codec/compress-buffer.js';
import { decompressBuffer } from './codec/decompress-buffer.js';
import type { Compression, CompressionView, Decompression, DecompressionView } from './compression.dto.js';
import { decodeBase64, originalAsJson, originalBytes } from './original-bytes.js';
import { UsageCounter } from './usage-counter.js';

/** The most a JSON answer may hold; larger originals come back through the streamed form. */
const JSON_OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** The JSON form of the product: a value in, compressed base64 out, and back. */
@Injectable()
export class CompressionService {
  constructor(
    private readonly usage: UsageCounter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws AppError REQ_001 for data that does not fit its encoding, SRV_002 when the owner's queue is full */
  async compress(
    caller: Principal,
    input: z.infer<typeof Compression>,
    body: JsonBody,
  ): Promise<z.infer<typeof CompressionView>> {
    const { algorithm, encoding } = input;
    const level = input.level ?? LEVELS[algorithm].default;
    const original = originalBytes(input.data, encoding, body);
    const started = performance.now();
    const compressed = await translated(compressBuffer(original, { algorithm, level }, caller.userId));
    this.usage.count(caller, {
      operation: 'compress',
      algorithm,
      bytesIn: original.length,
      bytesOut: compressed.length,
    });
    return {
      algorithm,
      level,
      ...sizes(original, compressed),
      saved_percent: original.length === 0 ? 0 : round((1 - compressed.length / original.length) * 100, 2),
      duration_ms: round(performance.now() - started, 3),
      checksum: sha256Hex(original),
      encoding,
      data: compressed.toString('base64'),
    };
  }

  /**
   * The answer as JSON text, because a JSON original goes into it in its exact characters.
   * @throws AppError COMP_001, COMP_002, REQ_001 if the original does not fit the encoding asked for
   */
  async decompress(caller: Principal, input: z.infer<typeof Decompression>): Promise<string> {
    const { algorithm, encoding } = input;
    const compressed = decodeBase64(input.data);
    const outputLimitBytes = Math.min(JSON_OUTPUT_LIMIT_BYTES, this.config.compressionOutputLimitBytes);
    const started = performance.now();
    const original = await translated(decompressBuffer(compressed, { algorithm, outputLimitBytes }, caller.userId));
    const data = originalAsJson(original, encoding);
    this.usage.count(caller, {
      operation: 'decompress',
      algorithm,
      bytesIn: compressed.length,
      bytesOut: original.length,
    });
    const answer: Omit<z.infer<typeof DecompressionView>, 'data'> = {
      algorithm,
      ...sizes(original, compressed),
      duration_ms: round(performance.now() - started, 3),
      checksum: sha256Hex(original),
      encoding,
    };
    return `${JSON.stringify(answer).slice(0, -1)},"data":${data}}`;
  }
}

function sizes(original: Buffer, compressed: Buffer) {
  return {
    original_size: original.length,
    compressed_size: compressed.length,
    ratio: round(original.length / compressed.length, 3),
  };
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** Turns the codec's refusals into those of the catalogue. */
async function translated(work: Promise<Buffer>): Promise<Buffer> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CodecBusyError) {
      throw new AppError('SRV_002', {
        detail: 'Too much of your work is waiting already.',
        headers: { 'Retry-After': '1' },
        cause: error,
      });
    }
    if (!(error instanceof CodecError)) throw error;
    const code = error.reason === 'output_limit' ? 'COMP_002' : 'COMP_001';
    throw new AppError(code, { detail: error.message, cause: error });
  }
}
