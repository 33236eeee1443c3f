import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';

/** Injection token of the {@link Clock}. */
export const CLOCK = Symbol('CLOCK');

/** Makes the process's one clock available everywhere. */
@Global()
@Module({})
export class ClockModule {
  static forRoot(clock: Clock): DynamicModule {
    return { module: ClockModule, providers: [{ provide: CLOCK, useValue: clock }], exports: [CLOCK] };
  }
}
