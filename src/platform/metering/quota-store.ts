import { Injectable } from '@nestjs/common';
import type { Quota } from '../../kernel/access/quota.js';
import { Database } from '../database/index.js';

/** Units of a counter that a process may spend. */
export interface Lease {
  readonly counterId: string;
  readonly period: Quota['period'];
  /** Start of the window the units belong to, epoch milliseconds. */
  readonly startMs: number;
  /** All units of the window that have been leased so far, these included. */
  readonly used: number;
  /** How many units this lease holds; 0: the quota is spent. */
  readonly granted: number;
  /** The highest threshold (percent) that the owner has been told of; null: not known, because nothing was granted. */
  readonly told: number | null;
}

/** A sixteenth of what is left, at least one, at most what was asked for: near the limit leases are single units. */
const BLOCK = (left: string): string => `least($4::int, greatest(1, (${left}) / 16))`;

/**
 * The one guarded statement of a lease: no row comes back once the limit is reached. A window that another process,
 * whose clock is ahead, has begun already stays the current one.
 */
const LEASE = {
  name: 'lease-quota',
  text: `
  insert into quota_usage as q (counter_id, period, window_start, used, granted)
  values ($1, $2, $3, ${BLOCK('$5::int')}, ${BLOCK('$5::int')})
  on conflict (counter_id, period) do update
     set granted = case when q.window_start >= excluded.window_start then ${BLOCK('$5::int - q.used')} else excluded.granted end,
         used = case when q.window_start >= excluded.window_start then q.used + ${BLOCK('$5::int - q.used')} else excluded.used end,
         told = case when q.window_start >= excluded.window_start then q.told else 0 end,
         window_start = greatest(q.window_start, excluded.window_start)
   where q.window_start < excluded.window_start or q.used < $5::int
  returning window_start, used, granted, told`,
};

const USED = {
  name: 'quota-used',
  text: `select used from quota_usage where counter_id = $1 and period = $2 and window_start >= $3`,
};

const GIVE_BACK = {
  name: 'give-back-quota',
  text: `
  update quota_usage q set used = q.used - r.units
    from (select counter_id, period, window_start, sum(units)::int as units
            from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::int[]) as u(counter_id, period, window_start, units)
           group by 1, 2, 3) r
   where q.counter_id = r.counter_id and q.period = r.period and q.window_start = r.window_start and q.used >= r.units`,
};

interface LeaseRow {
  window_start: Date | string;
  used: number;
  granted: number;
  told: number;
}

/** The shared counters of quotas, in the database. */
@Injectable()
export class QuotaStore {
  constructor(private readonly database: Database) {}

  /** Leases up to `size` units of the window that begins at `startMs`; a lease of none when the quota is spent. */
  async lease({ counterId, period, limit }: Quota, startMs: number, size: number): Promise<Lease> {
    const values = [counterId, period, new Date(startMs), size, limit];
    const { rows } = await this.database.query<LeaseRow>(LEASE, values);
    const row = rows[0];
    if (!row) return { counterId, period, startMs, used: limit, granted: 0, told: null };
    const { window_start: windowStart, used, granted, told } = row;
    return { counterId, period, startMs: new Date(windowStart).getTime(), used, granted, told };
  }

  /** Units leased so far in the window that begins at `startMs`. */
  async used({ counterId, period }: Quota, startMs: number): Promise<number> {
    const { rows } = await this.database.query<{ used: number }>(USED, [counterId, period, new Date(startMs)]);
    return rows[0]?.used ?? 0;
  }

  /** Returns unspent units; those of a window that is over are gone. */
  async giveBack(leases: readonly (Lease & { readonly left: number })[]): Promise<void> {
    const unspent = leases.filter(({ left }) => left > 0);
    if (unspent.length === 0) return;
    await this.database.query(GIVE_BACK, [
      unspent.map(({ counterId }) => counterId),
      unspent.map(({ period }) => period),
      unspent.map(({ startMs }) => new Date(startMs)),
      unspent.map(({ left }) => left),
    ]);
  }
}
