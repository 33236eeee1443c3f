import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../clock/index.js';
import { Database } from '../database/index.js';
import type { IdempotentRequest } from './idempotent-request.js';

/** How long a key stands for its first request, in milliseconds. */
export const KEY_LIFE_MS = 24 * 3_600_000;
/** How long a request may hold its key without an answer; after a crash it is free again then. */
const LOCK_MS = 60_000;

/** A request's hold on its key. */
export interface Claim extends IdempotentRequest {
  readonly attempt: string;
}

/** What is stored under a key that another request holds, or has held. */
export interface StoredAnswer {
  readonly fingerprint: string;
  /** Whether the attempt may still be at work. */
  readonly is_locked: boolean;
  readonly is_committed: boolean;
  /** Null: there is no answer yet. */
  readonly status: number | null;
  /** Null: there is none yet, or it is not kept any more. */
  readonly answer_sealed: string | null;
  readonly resource_id: string | null;
}

/** What there is to keep of an answer. */
export interface AnswerToKeep {
  readonly status: number;
  readonly answerSealed: string;
  readonly answerLifeMs: number;
  readonly resourceId: string | null;
}

/** One statement decides between all requests with one key: a key is free if new, expired, or held by a dead attempt. */
const CLAIM = {
  name: 'claim-idempotency-key',
  text: `insert into idempotency_keys as held (scope, owner_id, attempt, fingerprint, locked_until, expires_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (scope) do update
            set owner_id = excluded.owner_id, attempt = excluded.attempt, fingerprint = excluded.fingerprint,
                locked_until = excluded.locked_until, expires_at = excluded.expires_at,
                committed_at = null, status = null, answer_sealed = null, answer_until = null, resource_id = null
          where held.expires_at <= $7
             or (held.status is null and held.committed_at is null and held.locked_until <= $7)
         returning attempt`,
};

const FIND = {
  name: 'find-idempotency-key',
  text: `select fingerprint, locked_until > $2 as is_locked, committed_at is not null as is_committed, status,
                case when answer_until > $2 then answer_sealed end as answer_sealed, resource_id
           from idempotency_keys where scope = $1`,
};

const KEEP = {
  name: 'keep-idempotent-answer',
  text: `update idempotency_keys set status = $3, answer_sealed = $4, answer_until = $5, resource_id = $6
          where scope = $1 and attempt = $2`,
};

const RELEASE = {
  name: 'release-idempotency-key',
  text: `delete from idempotency_keys
          where scope = $1 and attempt = $2 and status is null and ($3 or committed_at is null)`,
};

/** The keys in use, in a table that all processes share. */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Takes the key for a request. @returns the claim, or what is stored under the key if it is not free */
  async claim(request: IdempotentRequest): Promise<{ claim: Claim } | { stored: StoredAnswer }> {
    const attempt = newId(this.clock.now());
    for (;;) {
      if (await this.take(request, attempt)) return { claim: { ...request, attempt } };
      const { rows } = await this.database.query<StoredAnswer & { [column: string]: unknown }>(FIND, [
        request.scope,
        new Date(this.clock.now()),
      ]);
      // nothing there: the holder has just failed and freed the key
      if (rows[0]) return { stored: rows[0] };
    }
  }

  /**
   * Ties the transaction in which the fact is recorded to the claim: both commit, or neither.
   * @throws AppError REQ_006 if the attempt took so long that another one holds the key
   */
  async confirm(em: EntityManager, { scope, attempt }: Claim): Promise<void> {
    const rows = await em.execute<unknown[]>(
      'update idempotency_keys set committed_at = ? where scope = ? and attempt = ? returning scope',
      [new Date(this.clock.now()), scope, attempt],
    );
    if (rows.length > 0) return;
    throw new AppError('REQ_006', { detail: 'The request took too long, and a repetition of it has taken its place.' });
  }

  /** Keeps the answer for repetitions. */
  async keep(
    { scope, attempt }: Claim,
    { status, answerSealed, answerLifeMs, resourceId }: AnswerToKeep,
  ): Promise<void> {
    const until = new Date(this.clock.now() + answerLifeMs);
    await this.database.query(KEEP, [scope, attempt, status, answerSealed, until, resourceId]);
  }

  /** Frees the key of an attempt that has failed; what may have been committed all the same keeps it, unless `isSure`. */
  async release({ scope, attempt }: Claim, isSure: boolean): Promise<void> {
    await this.database.query(RELEASE, [scope, attempt, isSure]);
  }

  private async take({ scope, ownerId, fingerprints }: IdempotentRequest, attempt: string): Promise<boolean> {
    const now = this.clock.now();
    const { rows } = await this.database.query(CLAIM, [
      scope,
      ownerId,
      attempt,
      fingerprints[0],
      new Date(now + LOCK_MS),
      new Date(now + KEY_LIFE_MS),
      new Date(now),
    ]);
    return rows.length > 0;
  }
}
