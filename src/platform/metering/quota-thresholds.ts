import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { type Quota, quotaWindow } from '../../kernel/access/quota.js';
import { Database } from '../database/index.js';
import { Outbox } from '../events/index.js';
import { printTime } from '../http/index.js';
import './metering.events.js';

/** How much of a quota is used when its owner is told, in percent. */
const THRESHOLDS = [50, 80, 100] as const;

/** Whose request is charged. */
export type QuotaUser = Pick<Principal, 'userId' | 'credentialId'>;

/** The thresholds that are reached and that come after the last one told (percent; 0: none was). */
export function thresholdsReached(used: number, limit: number, told: number): number[] {
  return THRESHOLDS.filter((percent) => percent > told && used * 100 >= percent * limit);
}

/** Tells owners that a quota is half used, nearly used and used up: each once in a window. */
@Injectable()
export class QuotaThresholds {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** Records the events that are due in the window that begins at `startMs` (epoch milliseconds). */
  async tell({ counterId, limit, period }: Quota, startMs: number, user: QuotaUser): Promise<void> {
    await this.database.transaction(async (em) => {
      const id = [counterId, period, new Date(startMs)];
      const [counter] = await em.execute<{ used: number; told: number }[]>(
        'select used, told from quota_usage where counter_id = ? and period = ? and window_start = ? for update',
        id,
      );
      if (!counter) return;
      const reached = thresholdsReached(counter.used, limit, counter.told);
      if (reached.length === 0) return;
      await em.execute('update quota_usage set told = ? where counter_id = ? and period = ? and window_start = ?', [
        Math.max(...reached),
        ...id,
      ]);
      const resetsAt = printTime(new Date(quotaWindow(period, startMs).endMs));
      for (const threshold of reached) {
        this.outbox.record(em, {
          type: 'quota.threshold',
          ownerId: user.userId,
          data: { key_id: user.credentialId, threshold, limit, period, resets_at: resetsAt },
        });
      }
    });
  }
}
