import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { AuditTrail } from '../../../platform/audit/index.js';
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
  readonly digest: Buffer;
  readonly at: Date;
  /** The end of the lock that this attempt set, should it fail; null if it set none. */
  readonly lockedUntil: Date | null;
}

type LockRow = { locked_until: string | Date | null };
type TakenRow = LockRow & { subject: Buffer };

/**
 * Locks those out who guess. Each statement commits by itself: a counter must not be undone with the request that it
 * counts. What is locked answers before anything is verified, whether or not the account exists.
 */
@Injectable()
export class Lockout {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly trail: AuditTrail,
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
    await (result === null ? this.fail(attempt, taken) : this.succeed(attempt, taken));
    return result;
  }

  private async take({ kind, email, userId, place }: LoginAttempt): Promise<Taken[]> {
    const subjects = attemptSubjects(normaliseEmail(email), place);
    const at = new Date(this.clock.now());
    await this.assertNotLocked(kind, subjects, at);
    const { rows } = await this.database.query<TakenRow>(TAKE_ATTEMPT, [
      kind,
      subjects.map(({ digest }) => digest),
      at,
      subjects.map(({ scope }) => scope),
      userId,
    ]);
    const taken = rows.map((row) => ({ digest: row.subject, at, lockedUntil: dateOrNull(row.locked_until) }));
    if (taken.length === subjects.length) return taken;
    // another attempt has locked one of them in between
    await this.withdraw(kind, taken);
    await this.assertNotLocked(kind, subjects, at);
    throw this.locked(1);
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

  /** The failure has been counted already; what is left is to record it, and to tell the owner if it locked something. */
  private async fail({ kind, userId }: LoginAttempt, taken: readonly Taken[]): Promise<void> {
    await this.trail.note({ type: 'login.failed', ownerId: userId, data: { attempt: kind } });
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

  private async succeed({ kind, email, place }: LoginAttempt, taken: readonly Taken[]): Promise<void> {
    const [ownPlace] = attemptSubjects(normaliseEmail(email), place);
    await this.database.query(FORGET_FAILURES, [kind, ownPlace.digest]);
    await this.withdraw(
      kind,
      taken.filter(({ digest }) => !digest.equals(ownPlace.digest)),
    );
  }

  private async withdraw(kind: AttemptKind, taken: readonly Taken[]): Promise<void> {
    for (const { digest, at, lockedUntil } of taken) {
      await this.database.query(WITHDRAW_ATTEMPT, [kind, digest, at, lockedUntil]);
    }
  }
}

function dateOrNull(value: string | Date | null): Date | null {
  return value === null ? null : new Date(value);
}
