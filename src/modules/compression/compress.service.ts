import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import type { JsonBody } from '../../platform/http/body/index.js';
import { CodecClient } from './codec/codec-client.js';
import { bodyMissing, type Compression, type CompressionView } from './compression.dto.js';
import { DictionaryStore } from './dictionaries/dictionary-store.js';
import { levelNumber } from './request/level.dto.js';
import { readOriginal } from './request/read-original.js';
import { figuresOf, roundTo } from './usage/figures.view.js';
import { UsageMeter } from './usage/usage-meter.js';

/** The JSON form of `compress`: a value in, compressed base64 out. */
@Injectable()
export class CompressService {
  constructor(
    private readonly codec: CodecClient,
    private readonly dictionaries: DictionaryStore,
    private readonly usage: UsageMeter,
  ) {}

  /** @throws AppError REQ_001 for data that does not fit its encoding, COMP_003, SRV_002 when the owner's queue is full */
  async compress(
    caller: Principal,
    input: z.infer<typeof Compression> | undefined,
    body: JsonBody,
    signal: AbortSignal,
  ): Promise<z.infer<typeof CompressionView>> {
    if (!input) throw bodyMissing();
    const { algorithm, encoding, dictionary_id } = input;
    const level = levelNumber(algorithm, input.level);
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, dictionary_id);
    const original = readOriginal(input.data, encoding, body);
    // both first: the original's memory may move to a worker
    const [checksum, bytesIn] = [sha256Hex(original), original.length];
    const started = performance.now();
    const options = { algorithm, level, dictionary };
    const job = { operation: 'compress', input: original, options, mayDetachInput: true } as const;
    const compressed = await this.codec.run(caller, job, signal);
    this.usage.count(caller, { operation: 'compress', algorithm, bytesIn, bytesOut: compressed.length });
    const durationMs = performance.now() - started;
    return viewCompression({ algorithm, level, dictionary_id, encoding, checksum }, bytesIn, compressed, durationMs);
  }
}

type Known = Pick<z.infer<typeof CompressionView>, 'algorithm' | 'level' | 'dictionary_id' | 'encoding' | 'checksum'>;

function viewCompression(
  { algorithm, level, dictionary_id, encoding, checksum }: Known,
  bytesIn: number,
  compressed: Buffer,
  durationMs: number,
): z.infer<typeof CompressionView> {
  return {
    algorithm,
    level,
    ...(dictionary_id !== undefined && { dictionary_id }),
    ...figuresOf(bytesIn, compressed.length),
    saved_percent: bytesIn === 0 ? 0 : roundTo((1 - compressed.length / bytesIn) * 100, 2),
    duration_ms: roundTo(durationMs, 3),
    checksum,
    encoding,
    data: compressed.toString('base64'),
  };
}
