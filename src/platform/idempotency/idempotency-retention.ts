import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import { RetentionService } from '../work/index.js';

const INTERVAL_MS = 60_000;

/** Forgets the answers that were to be kept until before $1, at most $2 of them. */
const FORGET_ANSWERS = {
  name: 'forget-idempotent-answers',
  text: `update idempotency_keys set answer_sealed = null, answer_until = null where scope in (
           select scope from idempotency_keys where answer_until <= $1 order by answer_until limit $2
              for update skip locked)`,
};

/** Deletes expired keys, and the answers that are to be forgotten earlier, once a minute. */
@Injectable()
export class IdempotencyRetention {
  constructor(
    retention: RetentionService,
    private readonly database: Database,
  ) {
    retention.keep({ table: 'idempotency_keys', column: 'expires_at', keptMs: 0, everyMs: INTERVAL_MS });
    retention.add({
      name: 'idempotent_answers',
      everyMs: INTERVAL_MS,
      keptMs: 0,
      handle: (before, rowsMax) => this.forgetAnswers(before, rowsMax),
    });
  }

  private async forgetAnswers(before: Date, rowsMax: number): Promise<number> {
    return (await this.database.query(FORGET_ANSWERS, [before, rowsMax])).rowCount ?? 0;
  }
}
