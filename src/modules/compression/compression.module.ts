import { Module } from '@nestjs/common';
import { CompressionController } from './compression.controller.js';
import { CompressionService } from './compression.service.js';
import { CompressionStatsService } from './compression-stats.service.js';
import { UsageCounter } from './usage-counter.js';

/** The product. */
@Module({
  controllers: [CompressionController],
  providers: [CompressionService, CompressionStatsService, UsageCounter],
})
export class CompressionModule {}
