import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { normaliseEmail } from '../email.js';
import { type AttemptPlace, attemptSubjects, type CountedSubject } from './attempt-subjects.js';
import { FIND_LOCK, FORGET_FAILURES, TAKE_ATTEMPT, WITHDRAW_ATTEMPT } from './lockout.sql.js';
import type { AttemptKind } from './login-failure.entity.js';

/** An attempt to guess something of an account; the account need not exist. */
export interface LoginAttempt {
  readonly kind: AttemptKind;
  readonly email: string;
  /** Whom to tell about a lock; null: there is no such account. */
  readonly userId: string | null;
  readonly place: AttemptPlace;
}

/** An attempt that has been counted against one subject. */
interface Taken {
  readonly subject: CountedSubject;
  readonly at: Date;
  /** The end of the lock that this attempt set, should it fail; null if it set none. */
  readonly lockedUntil: Date | null;
}

type LockRow = { locked_until: string | Date | null };

/**
 * Locks those out who guess. Each statement commits by itself: a counter must not be undone with the request that it
 * counts. What is locked answers before anything is verified, whether or not the account exists.
 */
@Injectable()
export class Lockout {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes an attempt, unless its place is locked: null from `check` is a failure, a value ends the count of that place,
   * an exception counts for nothing. @throws AppError AUTH_007 with Retry-After while locked
   */
  async attempt<T>(attempt: LoginAttempt, check: () => Promise<T | null>): Promise<T | null> {
    const taken = await this.take(attempt);
    let result: T | null;
    try {
      result = await check();
    } catch (error) {
      await this.withdraw(attempt.kind, taken);
      throw error;
    }
    await (result === null ? this.fail(attempt, taken) : this.succeed(attempt.kind, taken));
    return result;
  }

  private async take(attempt: LoginAttempt): Promise<Taken[]> {
    const subjects = attemptSubjects(normaliseEmail(attempt.email), attempt.place);
    const at = new Date(this.clock.now());
    await this.assertNotLocked(attempt.kind, subjects, at);
    const taken: Taken[] = [];
    for (const subject of subjects) {
      const values = [attempt.kind, subject.digest, at, subject.failuresMax];
      const { rows } = await this.database.query<LockRow>(TAKE_ATTEMPT, values);
      if (!rows[0]) {
        // another attempt has locked it in between
        await this.withdraw(attempt.kind, taken);
        await this.assertNotLocked(attempt.kind, subjects, at);
        throw this.locked(1);
      }
      taken.push({ subject, at, lockedUntil: dateOrNull(rows[0].locked_until) });
    }
    return taken;
  }

  private async assertNotLocked(kind: AttemptKind, subjects: readonly CountedSubject[], at: Date): Promise<void> {
    const digests = subjects.map(({ digest }) => digest);
    const { rows } = await this.database.query<LockRow>(FIND_LOCK, [kind, digests, at]);
    const until = dateOrNull(rows[0]?.locked_until ?? null);
    if (until) throw this.locked(Math.max(1, Math.ceil((until.getTime() - at.getTime()) / 1000)));
  }

  private locked(retryAfterSeconds: number): AppError {
    return new AppError('AUTH_007', {
      detail: `There were too many failed attempts. Try again later, or write to ${this.config.supportEmail}.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }

  /** The failure has been counted already; what is left is to tell the owner if it locked something. */
  private async fail({ kind, userId }: LoginAttempt, taken: readonly Taken[]): Promise<void> {
    const lockedUntil = taken.map((each) => each.lockedUntil).find((until) => until !== null);
    if (!lockedUntil || userId === null) return;
    await this.database.transaction((em) => {
      this.outbox.record(em, {
        type: 'user.locked',
        ownerId: userId,
        data: { user_id: userId, attempts: kind, locked_until: lockedUntil.toISOString() },
      });
      return Promise.resolve();
    });
  }

  private async succeed(kind: AttemptKind, [place, ...others]: readonly Taken[]): Promise<void> {
    if (place) await this.database.query(FORGET_FAILURES, [kind, place.subject.digest]);
    await this.withdraw(kind, others);
  }

  private async withdraw(kind: AttemptKind, taken: readonly Taken[]): Promise<void> {
    for (const { subject, at, lockedUntil } of taken) {
      await this.database.query(WITHDRAW_ATTEMPT, [kind, subject.digest, at, lockedUntil]);
    }
  }
}

function dateOrNull(value: string | Date | null): Date | null {
  return value === null ? null : new Date(value);
}
