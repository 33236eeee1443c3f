import { type DynamicModule, Global, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { LOG, type Log } from './log.js';

/** Logs and health. */
@Global()
@Module({})
export class TelemetryModule {
  static forRoot(log: Log): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [HealthController],
      providers: [{ provide: LOG, useValue: log }],
      exports: [LOG],
    };
  }
}
