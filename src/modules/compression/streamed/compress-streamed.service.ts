import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { createCompressor } from '../codec/streams/create-codec-stream.js';
import { DictionaryStore } from '../dictionaries/dictionary-store.js';
import { levelNumber } from '../request/level.dto.js';
import { UsageMeter } from '../usage/usage-meter.js';
import { ByteCounter, OriginalCounter } from './byte-counter.js';
import { type Exchange, StreamBodyService } from './stream-body.service.js';
import type { StreamedCompression } from './streamed.dto.js';
import { streamedHeaders } from './streamed.view.js';

/** The streamed form of `compress`: bytes in, bytes out. */
@Injectable()
export class CompressStreamedService {
  constructor(
    private readonly streams: StreamBodyService,
    private readonly dictionaries: DictionaryStore,
    private readonly usage: UsageMeter,
  ) {}

  /** @throws AppError SRV_002 when too many streams are open, COMP_003, REQ_002 for a body that ends early */
  async compress(caller: Principal, query: z.infer<typeof StreamedCompression>, exchange: Exchange): Promise<void> {
    const { algorithm } = query;
    const level = levelNumber(algorithm, query.level);
    const dictionary = await this.dictionaries.forCodec(caller, algorithm, query.dictionary_id);
    const [original, compressed] = [new OriginalCounter(), new ByteCounter()];
    const count = (): void => {
      const [bytesIn, bytesOut] = [original.sizeBytes, compressed.sizeBytes];
      this.usage.count(caller, { operation: 'compress', algorithm, bytesIn, bytesOut });
    };
    await this.streams.stream(caller, exchange, {
      create: () => createCompressor({ algorithm, level, dictionary }),
      input: original,
      output: compressed,
      headers: streamedHeaders({ algorithm, level }, original, compressed, count),
      options: { algorithm, level },
    });
  }
}
