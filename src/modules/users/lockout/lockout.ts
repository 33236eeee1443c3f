import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { type AuditEntry, AuditTrail } from '../../../platform/audit/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { normaliseEmail } from '../email.js';
import { NETWORK_MEMORY_MS } from '../known-networks.js';
import { NOBODY } from '../proven-user.queries.js';
import { type AttemptPlace, attemptSubjects } from './attempt-subjects.js';
import { BEGIN_ATTEMPT, COUNT_FAILURE, FIND_LOCK, FORGET_FAILURES, TAKE_FAILURE_BACK } from './lockout.sql.js';
import type { AttemptKind } from './login-failure.entity.js';

/** An attempt to guess something of an account; the account need not exist. */
export interface LoginAttempt {
  readonly kind: AttemptKind;
  readonly email: string;
  /** Whom to tell about a lock; {@link NOBODY}: there is no such account, which costs the same work. */
  readonly userId: string;
  readonly place: AttemptPlace;
}

/** A failure that has been counted against one subject. */
interface Counted {
  readonly digest: Buffer;
  readonly at: Date;
  /** The end of the lock that it has set; null if it set none. */
  readonly lockedUntil: Date | null;
}

type Subjects = ReturnType<typeof attemptSubjects>;
type LockRow = { locked_until: string | Date | null };
type BeginRow = LockRow & { is_known: boolean };
type CountedRow = LockRow & { subject: Buffer };

/**
 * Locks those out who guess. Each statement commits by itself: a counter must not be undone with the request that it
 * counts. A lock answers before anything is verified, whether or not the account exists, and once more before the
 * outcome is told: of parallel attempts no more outcomes get out than of attempts one after the other.
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
    const subjects = await this.begin(attempt);
    const result = await check();
    if (result === null) await this.fail(attempt, subjects);
    else await this.succeed(attempt, subjects);
    return result;
  }

  /** @returns what the attempt counts against; asked for unknown accounts too, so that both take the same time */
  private async begin({ kind, email, userId, place }: LoginAttempt): Promise<Subjects> {
    const now = this.clock.now();
    const emailKey = normaliseEmail(email);
    const [known, unknown] = [attemptSubjects(emailKey, place, true), attemptSubjects(emailKey, place, false)];
    const { rows } = await this.database.query<BeginRow>(BEGIN_ATTEMPT, [
      kind,
      known.map(({ digest }) => digest),
      unknown.map(({ digest }) => digest),
      new Date(now),
      userId,
      place.network ?? '',
      new Date(now - NETWORK_MEMORY_MS),
    ]);
    this.assertNoLock(rows, now);
    return rows[0]?.is_known ? known : unknown;
  }

  private async fail({ kind, userId }: LoginAttempt, subjects: Subjects): Promise<void> {
    const counted = await this.count(kind, userId, subjects);
    await this.trail.note(failedLogin(kind, userId));
    const lockedUntil = counted.map((each) => each.lockedUntil).find((until) => until !== null);
    if (lockedUntil) await this.tellOwner(kind, userId, lockedUntil);
  }

  private succeed({ kind }: LoginAttempt, subjects: Subjects): Promise<void> {
    return this.assertNoLockIn(FORGET_FAILURES, kind, subjects, [subjects[0].digest]);
  }

  /** @throws AppError AUTH_007 if another attempt has locked one of the subjects in between; then it counts for none */
  private async count(kind: AttemptKind, userId: string, subjects: Subjects): Promise<Counted[]> {
    const at = new Date(this.clock.now());
    const { rows } = await this.database.query<CountedRow>(COUNT_FAILURE, [
      kind,
      subjects.map(({ digest }) => digest),
      at,
      subjects.map(({ scope }) => scope),
      userId,
    ]);
    const counted = rows.map((row) => ({ digest: row.subject, at, lockedUntil: dateOrNull(row.locked_until) }));
    if (counted.length === subjects.length) return counted;
    await this.takeBack(kind, counted);
    await this.assertNotLocked(kind, subjects);
    throw this.locked(1);
  }

  private assertNotLocked(kind: AttemptKind, subjects: Subjects): Promise<void> {
    return this.assertNoLockIn(FIND_LOCK, kind, subjects);
  }

  private async assertNoLockIn(
    statement: typeof FIND_LOCK,
    kind: AttemptKind,
    subjects: Subjects,
    more: readonly Buffer[] = [],
  ): Promise<void> {
    const now = this.clock.now();
    const digests = subjects.map(({ digest }) => digest);
    const { rows } = await this.database.query<LockRow>(statement, [kind, digests, new Date(now), ...more]);
    this.assertNoLock(rows, now);
  }

  private assertNoLock(rows: readonly LockRow[], now: number): void {
    const until = dateOrNull(rows[0]?.locked_until ?? null);
    if (until) throw this.locked(Math.max(1, Math.ceil((until.getTime() - now) / 1000)));
  }

  private locked(retryAfterSeconds: number): AppError {
    return new AppError('AUTH_007', {
      detail: `There were too many failed attempts. Try again later, or write to ${this.config.supportEmail}.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }

  private async tellOwner(kind: AttemptKind, userId: string, lockedUntil: Date): Promise<void> {
    await this.database.transaction((em) => {
      this.outbox.record(em, {
        type: 'user.locked',
        ownerId: userId,
        data: { user_id: userId, attempts: kind, locked_until: lockedUntil.toISOString() },
      });
      return Promise.resolve();
    });
  }

  private async takeBack(kind: AttemptKind, counted: readonly Counted[]): Promise<void> {
    for (const { digest, at, lockedUntil } of counted) {
      await this.database.query(TAKE_FAILURE_BACK, [kind, digest, at, lockedUntil]);
    }
  }
}

/** As many bytes for nobody's account as for somebody's: the sentence is as long as an id that is not there. */
function failedLogin(kind: AttemptKind, userId: string): AuditEntry {
  const type = 'login.failed';
  if (userId !== NOBODY) return { type, ownerId: userId, data: { attempt: kind } };
  return { type, ownerId: null, data: { attempt: kind, reason: 'no such account exists' } };
}

function dateOrNull(value: string | Date | null): Date | null {
  return value === null ? null : new Date(value);
}
