import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { HttpModule } from '../../platform/http/http.module.js';
import { RowRetention } from '../../platform/metering/index.js';
import { AnalyzeCompressionService } from './analysis/analyze-compression.service.js';
import { CodecPool } from './codec/pool/codec-pool.js';
import { sharedCodecPool } from './codec/pool/shared-codec-pool.js';
import { CompletionFeed } from './usage/completion-feed.js';
import { UsageMeter } from './usage/usage-meter.js';
import { CompressionController } from './compression.controller.js';
import { CheckCodecService } from './check-codec.service.js';
import { CompressionService } from './compress.service.js';
import { DictionariesController } from './dictionaries/dictionaries.controller.js';
import { DictionariesService } from './dictionaries/dictionaries.service.js';
import { DictionaryStore } from './dictionaries/dictionary-store.js';
import { StatsService } from './usage/stats.service.js';
import { StreamedCompressionService } from './streamed/stream-body.service.js';
import { UsageCounter } from './usage/usage-counter.js';

const DAY_MS = 86_400_000;

/** The product. */
@Module({
  imports: [HttpModule],
  controllers: [CompressionController, DictionariesController],
  providers: [
    { provide: CodecPool, useFactory: sharedCodecPool },
    AnalyzeCompressionService,
    CompletionFeed,
    UsageMeter,
    CheckCodecService,
    CompressionService,
    DictionaryStore,
    DictionariesService,
    StatsService,
    StreamedCompressionService,
    UsageCounter,
  ],
})
export class CompressionModule implements OnApplicationShutdown {
  constructor(
    private readonly pool: CodecPool,
    retention: RowRetention,
    @Inject(CONFIG) { compressionStatsRetentionDays }: Config,
  ) {
    retention.keep({ table: 'compression_usage', column: 'bucket', keptMs: compressionStatsRetentionDays * DAY_MS });
  }

  /** Requests have ended by now; what is left of their work ends too. */
  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }
}
