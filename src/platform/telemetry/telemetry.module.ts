import { type DynamicModule, Global, Module } from '@nestjs/common';
import { FinishedRequests } from './finished-requests.js';
import { HealthController } from '../status/index.js';
import { LOG, type Log } from '../log/index.js';

/** Logs, health, and word of finished requests. */
@Global()
@Module({})
export class TelemetryModule {
  static forRoot(log: Log): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [HealthController],
      providers: [{ provide: LOG, useValue: log }, FinishedRequests],
      exports: [LOG, FinishedRequests],
    };
  }
}
