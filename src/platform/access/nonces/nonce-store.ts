import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error.js';
import { Database } from '../../database/index.js';

/** Most nonces in one statement. */
const BATCH_SIZE_MAX = 500;
/** Statements under way at once: while one waits for the disk, the next fills. */
const BATCHES_MAX = 2;

/** A statement of its own: what it inserts has been committed, and is on the disk, when it answers. */
const SPEND = {
  name: 'spend-nonces',
  text: `insert into spent_nonces (spender_id, nonce, expires_at)
         select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])
         on conflict do nothing
         returning spender_id, nonce`,
};

interface Claim {
  readonly spenderId: string;
  readonly nonce: string;
  readonly expiresAt: Date;
  readonly settle: (isFirst: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Values that are good for one use, over all processes and restarts. The database alone decides, by its unique index;
 * what arrives while a statement is under way goes together into the next one, so that a commit is paid for by many.
 */
@Injectable()
export class NonceStore {
  private waiting: Claim[] = [];
  private running = 0;
  private isScheduled = false;

  constructor(private readonly database: Database) {}

  /**
   * Spends a nonce (at most 128 characters) of a spender; it is remembered until `expiresAtMs`. Answers whether it had
   * not been spent before. @throws AppError SRV_002 if the store cannot say, whatever the reason
   */
  spend(spenderId: string, nonce: string, expiresAtMs: number): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.waiting.push({ spenderId, nonce, expiresAt: new Date(expiresAtMs), settle: resolve, fail: reject });
    this.schedule();
    return promise;
  }

  private schedule(): void {
    if (this.isScheduled || this.running >= BATCHES_MAX || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      const batch = this.waiting.splice(0, BATCH_SIZE_MAX);
      this.running += 1;
      void this.write(batch).finally(() => {
        this.running -= 1;
        this.schedule();
      });
      this.schedule();
    });
  }

  private async write(batch: Claim[]): Promise<void> {
    // all processes take the rows in the same order, so that no two statements can wait for each other
    const claims = batch.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    try {
      const { rows } = await this.database.query<{ spender_id: string; nonce: string }>(SPEND, [
        claims.map((claim) => claim.spenderId),
        claims.map((claim) => claim.nonce),
        claims.map((claim) => claim.expiresAt),
      ]);
      const inserted = new Set(rows.map((row) => `${row.spender_id}:${row.nonce}`));
      // of copies in one batch a single one gets the row
      for (const claim of claims) claim.settle(inserted.delete(keyOf(claim)));
    } catch (error) {
      const refusal = unavailable(error);
      for (const claim of claims) claim.fail(refusal);
    }
  }
}

function keyOf({ spenderId, nonce }: Claim): string {
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
