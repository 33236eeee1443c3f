import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { Database } from '../../../platform/database/index.js';
import { printTimeOrNull } from '../../../platform/http/index.js';
import { ALGORITHMS } from '../codec/format/codec-rules.js';
import { UsageCounter } from './usage-counter.js';
import type { StatsQuery, StatsView } from './stats.dto.js';
import { GROUPS_MAX, sumUsage, type UsageGroup, type UsageRange } from './compression-usage.queries.js';
import { totalsOf } from './stats.view.js';

type Query = z.infer<typeof StatsQuery>;
type Stats = z.infer<typeof StatsView>;

const HOUR_MS = 3_600_000;

/** What an owner has compressed; equal to the sum of the answers. */
@Injectable()
export class StatsService {
  constructor(
    private readonly database: Database,
    private readonly counter: UsageCounter,
  ) {}

  /** @throws AppError REQ_001 for more groups than an answer may have */
  async stats(caller: Principal, query: Query): Promise<Stats> {
    await this.counter.flush();
    const range = { ownerId: caller.userId, from: hourOf(query.from, Math.floor), to: hourOf(query.to, Math.ceil) };
    const rows = await sumUsage(this.database, range, 'algorithm');
    const byAlgorithm = ALGORITHMS.flatMap((algorithm) => rows.filter((row) => row.algorithm === algorithm));
    return {
      from: printTimeOrNull(range.from),
      to: printTimeOrNull(range.to),
      ...totalsOf(rows),
      by_algorithm: byAlgorithm.map((row) => ({ algorithm: row.algorithm ?? 'zstd', ...totalsOf([row]) })),
      ...(query.group_by && { groups: await this.groups(range, query.group_by, query.interval) }),
    };
  }

  private async groups(
    range: UsageRange,
    grouping: NonNullable<Query['group_by']>,
    interval: Query['interval'],
  ): Promise<Stats['groups']> {
    const rows = await sumUsage(this.database, range, grouping, interval);
    if (rows.length > GROUPS_MAX) throw tooManyGroups();
    return rows.map((row) => ({ ...nameOf(row), ...totalsOf([row]) }));
  }
}

function nameOf({ algorithm, credential_id, time }: UsageGroup) {
  return { algorithm, credential_id, time };
}

function hourOf(moment: Date | undefined, round: (hours: number) => number): Date | null {
  return moment ? new Date(round(moment.getTime() / HOUR_MS) * HOUR_MS) : null;
}

function tooManyGroups(): AppError {
  const message = `gives more than ${GROUPS_MAX} groups; bring from and to closer together`;
  return new AppError('REQ_001', { detail: `group_by ${message}.`, errors: [{ field: 'group_by', message }] });
}
