import type { Client } from 'pg';

/** Months that partitions are made for beforehand; what lies beyond them goes to the default partition. */
const MONTHS_AHEAD = 6;

/** A month of the trail and the partition that holds it. */
export interface MonthPartition {
  /** Qualified name of the table. */
  readonly table: string;
  readonly from: Date;
  /** The first moment that belongs to the next one. */
  readonly to: Date;
}

/** The partition of the month (UTC) so many months after the one that a moment (epoch milliseconds) lies in. */
export function monthPartition(nowMs: number, monthsLater: number): MonthPartition {
  const now = new Date(nowMs);
  const startOf = (months: number): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
  const from = startOf(monthsLater);
  const month = String(from.getUTCMonth() + 1).padStart(2, '0');
  return { table: `audit.events_${from.getUTCFullYear()}_${month}`, from, to: startOf(monthsLater + 1) };
}

/** Makes the partitions of this month and the next ones that are missing, as the owner of the tables. */
export async function prepareAuditPartitions(owner: Client, nowMs: number): Promise<void> {
  const months = Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) => monthPartition(nowMs, ahead));
  const { rows } = await owner.query<{ table: string }>(
    'select name as "table" from unnest($1::text[]) as name where to_regclass(name) is null',
    [months.map(({ table }) => table)],
  );
  const missing = new Set(rows.map(({ table }) => table));
  for (const month of months) if (missing.has(month.table)) await makePartition(owner, month);
}

/** Rows of the month that had come to the default partition move; attaching would fail while they are there. */
async function makePartition(owner: Client, { table, from, to }: MonthPartition): Promise<void> {
  const [start, end] = [from.toISOString(), to.toISOString()];
  await owner.query(`
    begin;
    create table ${table} (like audit.events including defaults including constraints);
    with moved as (
      delete from audit.events_default where occurred_at >= '${start}' and occurred_at < '${end}' returning *
    ) insert into ${table} select * from moved;
    alter table audit.events attach partition ${table} for values from ('${start}') to ('${end}');
    commit`);
}
