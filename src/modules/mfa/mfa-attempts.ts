import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/index.js';

/** Wrong codes in a row that are let pass before the first lock. */
const FAILURES_MAX = 10;

/** Length of the first lock; each failure after it doubles the next one, up to {@link LOCK_SECONDS_MAX}. */
const LOCK_SECONDS = 15 * 60;
const LOCK_SECONDS_MAX = 24 * 60 * 60;
/** Failures are forgotten after this time without another. */
const MEMORY_MS = 24 * 60 * 60 * 1000;

const RESERVE = {
  name: 'reserve-mfa-attempt',
  text: `insert into mfa_attempts as a (user_id, failures, last_attempt_at) values ($1, 1, $2)
         on conflict (user_id) do update set
           failures = case when a.last_attempt_at <= $3 then 1 else a.failures + 1 end,
           last_attempt_at = $2,
           locked_until = case when a.last_attempt_at > $3 and a.failures + 1 >= ${FAILURES_MAX}
             then $2::timestamptz + make_interval(secs => least(${LOCK_SECONDS} * power(2, least(a.failures + 1 - ${FAILURES_MAX}, 10)), ${LOCK_SECONDS_MAX}))
           end
         where a.locked_until is null or a.locked_until <= $2
         returning failures`,
};
const LOCKED_UNTIL = {
  name: 'read-mfa-lock',
  text: 'select locked_until from mfa_attempts where user_id = $1',
};
const RELEASE = {
  name: 'release-mfa-attempt',
  text: `update mfa_attempts set failures = failures - 1,
           locked_until = case when failures > ${FAILURES_MAX} then locked_until end
         where user_id = $1 and failures > 0`,
};
const FORGET = { name: 'forget-mfa-attempts', text: 'delete from mfa_attempts where user_id = $1' };

/**
 * Counts tries of the second factor, apart from those of the password. A try is counted before it is judged, in a
 * statement of its own: parallel guesses cannot outrun the counter, and no rolled-back request takes it back.
 */
@Injectable()
export class MfaAttempts {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Takes one try. @throws AppError AUTH_007 with Retry-After while the factor is locked; that extends nothing */
  async reserve(userId: string): Promise<void> {
    const now = this.clock.now();
    const { rowCount } = await this.database.query(RESERVE, [userId, new Date(now), new Date(now - MEMORY_MS)]);
    if (rowCount === 0) throw await this.locked(userId, now);
  }

  /** Gives one try back that was no failure, and leaves the failures before it counted. */
  async release(userId: string): Promise<void> {
    await this.database.query(RELEASE, [userId]);
  }

  /** After a right code: tries count from zero again. */
  async forget(userId: string): Promise<void> {
    await this.database.query(FORGET, [userId]);
  }

  private async locked(userId: string, now: number): Promise<AppError> {
    const { rows } = await this.database.query<{ locked_until: Date | string }>(LOCKED_UNTIL, [userId]);
    const until = rows[0] ? new Date(rows[0].locked_until).getTime() : now;
    const seconds = Math.max(1, Math.ceil((until - now) / 1000));
    return new AppError('AUTH_007', {
      detail: `Too many wrong codes; try again later or contact ${this.config.supportEmail}.`,
      headers: { 'Retry-After': String(seconds) },
    });
  }
}
