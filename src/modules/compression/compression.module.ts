import { Module } from '@nestjs/common';
import { CompressionController } from './compression.controller.js';
import { CompressionHealth } from './compression-health.js';
import { CompressionService } from './compression.service.js';
import { CompressionStatsService } from './compression-stats.service.js';
import { UsageCounter } from './usage-counter.js';

/** The product. */
@Module({
  controllers: [CompressionController],
  providers: [CompressionService, CompressionStatsService, UsageCounter, CompressionHealth],
})
export class CompressionModule {}
