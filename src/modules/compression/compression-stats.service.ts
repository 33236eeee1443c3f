import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { Database } from '../../platform/database/index.js';
import { type Algorithm, ALGORITHMS } from './codec/algorithms.js';
import type { CompressionStatsView } from './compression.dto.js';
import { UsageCounter } from './usage-counter.js';

type Stats = z.infer<typeof CompressionStatsView>;
type Totals = Omit<Stats, 'by_algorithm'>;

interface UsageRow {
  algorithm: Algorithm;
  operations: string;
  bytes_in: string;
  bytes_out: string;
  original: string;
  compressed: string;
}

const BY_ALGORITHM = `
  select algorithm, sum(operations) as operations, sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out,
         sum(case operation when 'compress' then bytes_in else bytes_out end) as original,
         sum(case operation when 'compress' then bytes_out else bytes_in end) as compressed
    from compression_usage where owner_id = $1 group by algorithm`;

/** What an owner has compressed; equal to the sum of the answers. */
@Injectable()
export class CompressionStatsService {
  constructor(
    private readonly database: Database,
    private readonly counter: UsageCounter,
  ) {}

  async stats(caller: Principal): Promise<Stats> {
    await this.counter.flush();
    const { rows } = await this.database.query<UsageRow>({ name: 'compression-stats', text: BY_ALGORITHM }, [
      caller.userId,
    ]);
    const position = (row: UsageRow): number => ALGORITHMS.indexOf(row.algorithm);
    return {
      ...totalsOf(rows),
      by_algorithm: rows
        .toSorted((a, b) => position(a) - position(b))
        .map((row) => ({ algorithm: row.algorithm, ...totalsOf([row]) })),
    };
  }
}

function totalsOf(rows: readonly UsageRow[]): Totals {
  const sum = (of: (row: UsageRow) => string): number => rows.reduce((total, row) => total + Number(of(row)), 0);
  const original = sum((row) => row.original);
  const compressed = sum((row) => row.compressed);
  return {
    operations: sum((row) => row.operations),
    bytes_in: sum((row) => row.bytes_in),
    bytes_out: sum((row) => row.bytes_out),
    ratio: compressed === 0 ? null : round(original / compressed),
    saved_bytes: original - compressed,
  };
}

/** Three decimals, as the answers give ratios. */
function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}
