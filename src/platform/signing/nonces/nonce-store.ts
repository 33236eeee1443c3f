import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CLOCK } from '../../clock/index.js';
import { Database, GroupCommit } from '../../database/index.js';

const CLAIMS_TOGETHER = { sizeMax: 500, groupsMax: 2 };

/**
 * A statement of its own: what it inserts has been committed, and is on the disk, when it answers. The database's clock
 * decides when a row may go, so the row of a process whose clock is behind it lives as much longer. ($4 that clock)
 */
const SPEND = {
  name: 'spend-nonces',
  text: `insert into spent_nonces (spender_id, nonce, expires_at)
         select spender_id, nonce, expires_at + greatest(statement_timestamp() - $4::timestamptz, interval '0')
           from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as c(spender_id, nonce, expires_at)
         on conflict do nothing
         returning spender_id, nonce`,
};

interface Claim {
  /** What the row is called here: made once, because sorting compares it many times. */
  readonly name: string;
  readonly spenderId: string;
  readonly nonce: string;
  readonly expiresAt: Date;
}

/**
 * Values that are good for one use, over all processes and restarts. The database alone decides, by its unique index;
 * what arrives while a statement is under way goes together into the next one, so that a commit is paid for by many.
 */
@Injectable()
export class NonceStore {
  private readonly claims = new GroupCommit<Claim, boolean>((claims) => this.write(claims), CLAIMS_TOGETHER);

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Spends a nonce (at most 128 characters) of a spender; it is remembered until `expiresAtMs`. Answers whether it had
   * not been spent before. @throws AppError SRV_002 if the store cannot say, whatever the reason
   */
  async spend(spenderId: string, nonce: string, expiresAtMs: number): Promise<boolean> {
    try {
      return await this.claims.add({
        name: nameOf(spenderId, nonce),
        spenderId,
        nonce,
        expiresAt: new Date(expiresAtMs),
      });
    } catch (error) {
      throw unavailable(error);
    }
  }

  private async write(claims: readonly Claim[]): Promise<boolean[]> {
    // all processes take the rows in the same order, so that no two statements can wait for each other
    const ordered = claims.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { rows } = await this.database.query<{ spender_id: string; nonce: string }>(SPEND, [
      ordered.map((claim) => claim.spenderId),
      ordered.map((claim) => claim.nonce),
      ordered.map((claim) => claim.expiresAt),
      new Date(this.clock.now()),
    ]);
    const inserted = new Set(rows.map((row) => nameOf(row.spender_id, row.nonce)));
    // of copies in one group a single one gets the row
    return claims.map(({ name }) => inserted.delete(name));
  }
}

function nameOf(spenderId: string, nonce: string): string {
  return `${spenderId}:${nonce}`;
}

function unavailable(cause: unknown): AppError {
  if (cause instanceof AppError && cause.code === 'SRV_002') return cause;
  return new AppError('SRV_002', {
    detail: 'Whether this was used before cannot be told at the moment.',
    headers: { 'Retry-After': '2' },
    internal: 'the store of spent nonces failed',
    cause,
  });
}
