import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { CompletionFeed } from './completion-feed.js';
import { type CountedOperation, UsageCounter } from './usage-counter.js';

/** Takes note of what has been done: for the statistics, and for whoever subscribes to it. */
@Injectable()
export class UsageMeter {
  constructor(
    private readonly usage: UsageCounter,
    private readonly events: CompletionFeed,
  ) {}

  count(caller: Principal, done: CountedOperation): void {
    this.usage.count(caller, done);
    this.events.add(caller, done);
  }
}
