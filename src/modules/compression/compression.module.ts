import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { BodyModule } from '../../platform/http/body/index.js';
import { RetentionService } from '../../platform/work/index.js';
import './compression.errors.js';
import './compression.events.js';
import './compression.permissions.js';
import { AnalysisService } from './analysis/analysis.service.js';
import { CodecPool } from './codec/codec-pool.js';
import { sharedCodecPool } from './codec/shared-codec-pool.js';
import { CompletedEvents } from './completed-events.js';
import { Completions } from './completions.js';
import { CompressionController } from './compression.controller.js';
import { CompressionHealth } from './compression-health.js';
import { CompressionService } from './compression.service.js';
import { DictionariesController } from './dictionaries/dictionaries.controller.js';
import { DictionariesService } from './dictionaries/dictionaries.service.js';
import { Dictionaries } from './dictionaries/dictionaries.js';
import { StatsService } from './stats/stats.service.js';
import { StreamedCompressionService } from './streamed/streamed-compression.service.js';
import { UsageCounter } from './usage-counter.js';

const DAY_MS = 86_400_000;

/** The product. */
@Module({
  imports: [BodyModule],
  controllers: [CompressionController, DictionariesController],
  providers: [
    { provide: CodecPool, useFactory: sharedCodecPool },
    AnalysisService,
    CompletedEvents,
    Completions,
    CompressionHealth,
    CompressionService,
    Dictionaries,
    DictionariesService,
    StatsService,
    StreamedCompressionService,
    UsageCounter,
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
