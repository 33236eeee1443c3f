import { type DynamicModule, Global, Module } from '@nestjs/common';
import { FinishedRequests } from './finished-requests.js';
import { LOG, type Log } from '../log/index.js';

/** The log, and word of finished requests. */
@Global()
@Module({})
export class TelemetryModule {
  static forRoot(log: Log): DynamicModule {
    return {
      module: TelemetryModule,
      providers: [{ provide: LOG, useValue: log }, FinishedRequests],
      exports: [LOG, FinishedRequests],
    };
  }
}
