import { Injectable } from '@nestjs/common';
import type { SealContext } from '../../kernel/crypto/seal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { SealedValues } from '../sealing/index.js';
import type { IdempotencyOptions } from './idempotency-options.js';
import { type AnswerToKeep, type Claim, KEY_LIFE_MS, type StoredAnswer } from './idempotency-store.js';
import type { IdempotentRequest } from './idempotent-request.js';

/** How long an answer that shows a secret is kept, in milliseconds. */
const SECRET_ANSWER_LIFE_MS = 10 * 60_000;

/** Seals answers for keeping, and decides what a repetition gets. */
@Injectable()
export class KeptAnswers {
  constructor(private readonly values: SealedValues) {}

  /** The stored form of an answer. */
  seal(claim: Claim, status: number, body: unknown, { hasSecret }: IdempotencyOptions): AnswerToKeep {
    return {
      status,
      answerSealed: this.values.seal(JSON.stringify(body ?? null), placeOf(claim)),
      answerLifeMs: hasSecret ? SECRET_ANSWER_LIFE_MS : KEY_LIFE_MS,
      resourceId: idOf(body),
    };
  }

  /**
   * The answer of the first request, for a repetition of it.
   * @throws AppError REQ_007 for another request under the same key, REQ_006 while the first one is being carried out
   * or if its answer is not kept any more
   */
  replay(request: IdempotentRequest, stored: StoredAnswer): { status: number; body: unknown } {
    if (!request.fingerprints.includes(stored.fingerprint)) {
      throw new AppError('REQ_007', { detail: 'This Idempotency-Key was used for another request.' });
    }
    if (stored.status === null) throw unanswered(stored);
    const text = this.open(request, stored);
    if (text === null) throw answerGone(stored.resource_id);
    return { status: stored.status, body: JSON.parse(text) as unknown };
  }

  private open(request: IdempotentRequest, { answer_sealed: sealed }: StoredAnswer): string | null {
    return sealed === null ? null : (this.values.find(sealed, placeOf(request))?.toString() ?? null);
  }
}

/** A request without an answer is at work; or it has died after its transaction committed, which frees no key. */
function unanswered({ is_locked: isLocked, is_committed: isCommitted }: StoredAnswer): AppError {
  if (isCommitted && !isLocked) return answerGone(null);
  return new AppError('REQ_006', {
    detail: 'The first request with this Idempotency-Key is still being carried out.',
    headers: { 'Retry-After': '1' },
  });
}

function placeOf({ scope, ownerId }: IdempotentRequest): SealContext {
  return { purpose: 'idempotent-answer', table: 'idempotency_keys', row: scope, owner: ownerId };
}

function idOf(body: unknown): string | null {
  const id = (body as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : null;
}

function answerGone(resourceId: string | null): AppError {
  const what = resourceId === null ? '' : ` It created ${resourceId}.`;
  return new AppError('REQ_006', {
    detail: `The first request with this Idempotency-Key has succeeded; its answer is not kept any more.${what}`,
  });
}
