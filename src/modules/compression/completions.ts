import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { CompletedEvents } from './completed-events.js';
import { type CountedOperation, UsageCounter } from './usage-counter.js';

/** Takes note of what has been done: for the statistics, and for whoever subscribes to it. */
@Injectable()
export class Completions {
  constructor(
    private readonly usage: UsageCounter,
    private readonly events: CompletedEvents,
  ) {}

  count(caller: Principal, done: CountedOperation): void {
    this.usage.count(caller, done);
    this.events.add(caller, done);
  }
}
