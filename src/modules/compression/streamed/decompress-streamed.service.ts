import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CodecClient } from '../codec/codec-client.js';
import { createDecompressor } from '../codec/streams/create-codec-stream.js';
import { DictionaryStore } from '../dictionaries/dictionary-store.js';
import { UsageMeter } from '../usage/usage-meter.js';
import { ByteCounter, OriginalCounter } from './byte-counter.js';
import { type Exchange, StreamBodyService } from './stream-body.service.js';
import type { StreamedDecompression } from './streamed.dto.js';
import { streamedHeaders } from './streamed.view.js';

/** The streamed form of `decompress`: compressed bytes in, the original out. */
@Injectable()
export class DecompressStreamedService {
  constructor(
    private readonly streams: StreamBodyService,
    private readonly codec: CodecClient,
    private readonly dictionaries: DictionaryStore,
    private readonly usage: UsageMeter,
  ) {}

  /** @throws AppError COMP_001, COMP_002, COMP_003, SRV_002, REQ_002 */
  async decompress(caller: Principal, query: z.infer<typeof StreamedDecompression>, exchange: Exchange): Promise<void> {
    const { algorithm } = query;
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, query.dictionary_id);
    const { outputLimitBytes } = this.codec;
    const [compressed, original] = [new ByteCounter(), new OriginalCounter()];
    const count = (): void => {
      const [bytesIn, bytesOut] = [compressed.sizeBytes, original.sizeBytes];
      this.usage.count(caller, { operation: 'decompress', algorithm, bytesIn, bytesOut });
    };
    await this.streams.stream(caller, exchange, {
      create: () => createDecompressor({ algorithm, outputLimitBytes, dictionary }),
      input: compressed,
      output: original,
      headers: streamedHeaders({ algorithm }, original, compressed, count),
    });
  }
}
