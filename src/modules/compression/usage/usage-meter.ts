import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { CompletionFeed } from './completion-feed.js';
import { type CountedOperation, UsageCounter } from './usage-counter.js';

/** Takes note of what has been done: for the statistics, and for whoever subscribes to it. */
@Injectable()
export class UsageMeter {
  constructor(
    private readonly usage: UsageCounter,
    private readonly feed: CompletionFeed,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  count(caller: Principal, done: CountedOperation): void {
    const now = this.clock.now();
    this.usage.count(caller, done, now);
    this.feed.add(caller, done, now);
  }
}
