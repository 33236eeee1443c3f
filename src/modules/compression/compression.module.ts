import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { BodyModule } from '../../platform/http/body/index.js';
import { RetentionService } from '../../platform/work/index.js';
import { AnalysisController } from './analysis/analysis.controller.js';
import { AnalyzeCompressionService } from './analysis/analyze-compression.service.js';
import { CheckCodecService } from './check-codec.service.js';
import { CodecClient } from './codec/codec-client.js';
import { CodecPool } from './codec/pool/codec-pool.js';
import { sharedCodecPool } from './codec/pool/shared-codec-pool.js';
import { CompressService } from './compress.service.js';
import './compression.errors.js';
import './compression.events.js';
import './compression.permissions.js';
import { CompressionController } from './compression.controller.js';
import { DecompressService } from './decompress.service.js';
import { DeleteDictionaryService } from './dictionaries/delete-dictionary.service.js';
import { DictionariesController } from './dictionaries/dictionaries.controller.js';
import { DictionariesService } from './dictionaries/dictionaries.service.js';
import { DictionaryStore } from './dictionaries/dictionary-store.js';
import { TrainDictionaryService } from './dictionaries/train-dictionary.service.js';
import { CompressStreamedService } from './streamed/compress-streamed.service.js';
import { DecompressStreamedService } from './streamed/decompress-streamed.service.js';
import { StreamBodyService } from './streamed/stream-body.service.js';
import { CompletionFeed } from './usage/completion-feed.js';
import { StatsController } from './usage/stats.controller.js';
import { StatsService } from './usage/stats.service.js';
import { UsageCounter } from './usage/usage-counter.js';
import { UsageMeter } from './usage/usage-meter.js';

const DAY_MS = 86_400_000;

const OPERATIONS = [
  CompressService,
  DecompressService,
  CompressStreamedService,
  DecompressStreamedService,
  AnalyzeCompressionService,
  StatsService,
  DictionariesService,
  TrainDictionaryService,
  DeleteDictionaryService,
];

/** The product. */
@Module({
  imports: [BodyModule],
  controllers: [CompressionController, AnalysisController, StatsController, DictionariesController],
  providers: [
    ...OPERATIONS,
    { provide: CodecPool, useFactory: sharedCodecPool },
    CodecClient,
    StreamBodyService,
    DictionaryStore,
    UsageMeter,
    UsageCounter,
    CompletionFeed,
    CheckCodecService,
  ],
})
export class CompressionModule implements OnApplicationShutdown {
  constructor(
    private readonly pool: CodecPool,
    retention: RetentionService,
    @Inject(CONFIG) { compressionStatsRetentionDays }: Config,
  ) {
    retention.keep({ table: 'compression_usage', column: 'bucket', keptMs: compressionStatsRetentionDays * DAY_MS });
  }

  /** Requests have ended by now; what is left of their work ends too. */
  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }
}
