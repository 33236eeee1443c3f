import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { printTime } from '../../../platform/http/index.js';
import { RequestCounter } from './request-counter.js';
import type { UsageQuery, UsageView } from './usage.dto.js';
import { ENTRIES_MAX, sumUsage, type UsageGroup, type UsageSum } from './usage.repository.js';
import { type UsageWindow, usageWindow } from './usage-window.js';

type Query = z.infer<typeof UsageQuery>;
type Usage = z.infer<typeof UsageView>;

/** Who has called what, from where and how it ended. */
@Injectable()
export class UsageService {
  constructor(
    private readonly database: Database,
    private readonly counter: RequestCounter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Usage of the caller's owner. @throws AppError REQ_001 for hours that are no longer kept, and for too many entries */
  async usage(caller: Principal, query: Query): Promise<Usage> {
    await this.counter.flush();
    const { interval, group_by: group } = query;
    const window = this.windowOf(query);
    const scope = { ownerId: caller.userId, credentialId: query.credential_id ?? null, window };
    const sums = await sumUsage(this.database, scope, group, interval);
    if (sums.length > ENTRIES_MAX) throw tooManyEntries();
    return {
      from: printTime(new Date(window.fromMs)),
      to: printTime(new Date(window.toMs)),
      interval: interval ?? null,
      group_by: group ?? null,
      requests: sums.reduce((all, { requests }) => all + requests, 0),
      errors: sums.reduce((all, { errors }) => all + errors, 0),
      data: sums.map((sum) => entryOf(sum, group)),
    };
  }

  private windowOf({ from, to, interval }: Query): UsageWindow {
    const window = usageWindow({ fromMs: from?.getTime(), toMs: to?.getTime(), interval }, this.clock.now());
    if (window) return window;
    const message = 'is more than 90 days ago, for which there are days but no hours';
    throw new AppError('REQ_001', { detail: `from ${message}.`, errors: [{ field: 'from', message }] });
  }
}

function entryOf({ value, ...sum }: UsageSum, group: UsageGroup | undefined): Usage['data'][number] {
  if (value === undefined || group === undefined || group === 'key') return sum;
  const named = group === 'status' ? Number(value) : value;
  return { ...sum, [group]: value === '' ? null : named };
}

function tooManyEntries(): AppError {
  const message = `gives more than ${ENTRIES_MAX} entries; bring from and to closer together`;
  return new AppError('REQ_001', { detail: `group_by ${message}.`, errors: [{ field: 'group_by', message }] });
}
