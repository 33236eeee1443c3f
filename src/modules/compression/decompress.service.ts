import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { sha256Hex } from '../../kernel/crypto/digest.js';
import { JsonReader } from '../../platform/http/body/index.js';
import { CodecClient } from './codec/codec-client.js';
import { bodyMissing, type Decompression, type DecompressionView } from './compression.dto.js';
import { DictionaryStore } from './dictionaries/dictionary-store.js';
import { printOriginal } from './print-original.js';
import { readBase64 } from './request/read-original.js';
import { figuresOf, roundTo } from './usage/figures.view.js';
import { UsageMeter } from './usage/usage-meter.js';

/** The most a JSON answer may hold; larger originals come back through the streamed form. */
const JSON_OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** The JSON form of `decompress`: compressed base64 in, the original out. */
@Injectable()
export class DecompressService {
  constructor(
    private readonly codec: CodecClient,
    private readonly dictionaries: DictionaryStore,
    private readonly usage: UsageMeter,
    private readonly reader: JsonReader,
  ) {}

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
    const outputLimitBytes = Math.min(JSON_OUTPUT_LIMIT_BYTES, this.codec.outputLimitBytes);
    const options = { algorithm, outputLimitBytes, dictionary };
    const started = performance.now();
    const job = { operation: 'decompress', input: compressed, options, mayDetachInput: true } as const;
    const original = await this.codec.run(caller, job, signal);
    const duration_ms = roundTo(performance.now() - started, 3);
    // both first: the original's memory may move to a worker
    const [checksum, bytesOut] = [sha256Hex(original), original.length];
    const data = await printOriginal(original, encoding, (text) => this.reader.requireText(caller.userId, text));
    this.usage.count(caller, { operation: 'decompress', algorithm, bytesIn, bytesOut });
    return printAnswer({ algorithm, ...figuresOf(bytesOut, bytesIn), duration_ms, checksum, encoding }, data);
  }
}

function printAnswer(answer: Omit<z.infer<typeof DecompressionView>, 'data'>, data: string): string {
  return `${JSON.stringify(answer).slice(0, -1)},"data":${data}}`;
}
