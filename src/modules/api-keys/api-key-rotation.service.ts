import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { Sealer } from '../../kernel/crypto/seal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { Minting } from '../../platform/minting/index.js';
import { printTime } from '../../platform/http/index.js';
import type { MintedApiKeyView } from './api-key.dto.js';
import type { ApiKey } from './api-key.entity.js';
import { getApiKey } from './api-key.repository.js';
import { viewApiKey } from './api-key.view.js';
import { keyEvent } from './api-key-events.js';
import { isLive, statusOf } from './api-key-status.js';
import { type IssuedKey, issueApiKey } from './issue-api-key.js';
import { reachOfTerms } from './key-ceiling.js';
import { earlierOf, hoursLater, wholeSecond } from './key-times.js';
import { type KeyTerms, termsOf } from './key-terms.js';
import { PolicyCheck } from './policy-check.js';
import { type KeyMinter, lockAsMinter } from './minter.js';

/** Replacing of API keys. */
@Injectable()
export class ApiKeyRotationService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly sealer: Sealer,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    private readonly policy: PolicyCheck,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes the one successor of a key, with the same terms and length of life; the old key works on for the grace
   * period. @throws AppError REQ_005, AUTH_009, AUTH_006, REQ_006 for a key that has ended or has a successor, or too many
   */
  async rotate(caller: Principal, id: string, graceHours: number): Promise<z.infer<typeof MintedApiKeyView>> {
    const now = this.clock.now();
    return this.database.transaction(async (em) => {
      const minter = await lockAsMinter(em, caller, this.minting);
      const key = await getApiKey(em, caller.userId, id);
      assertRotatable(key, now);
      const successor = await this.succeed(em, key, minter, now);
      if (graceHours === 0) await this.policy.assertAllowed(em, successor.row);
      else await this.policy.assertOneMoreAllowed(em, successor.row, now, true);
      key.successorId = successor.row.id;
      key.revokeAt = earlierOf(key.revokeAt, hoursLater(now, graceHours));
      await this.invalidations.announce(em, { kind: 'key', id });
      this.record(em, key, successor.row);
      const { row, keyPlaintext, apiSecretPlaintext } = successor;
      return { ...viewApiKey(row, now), key: keyPlaintext, api_secret: apiSecretPlaintext };
    });
  }

  private async succeed(em: EntityManager, key: ApiKey, minter: KeyMinter, now: number): Promise<IssuedKey> {
    const terms = termsOfSuccessor(key, now);
    await this.minting.admit(em, minter, 'api_key', reachOfTerms(terms, key.quotaCounterId));
    return issueApiKey(
      em,
      this.sealer,
      {
        ownerId: key.owner.id,
        name: key.name,
        environment: key.environment,
        terms,
        // it stays within reach of a cascade, whoever rotates
        mintedBy: minter.id ?? key.mintedBy ?? null,
        // a rotation does not refill the quota
        quotaCounterId: key.quotaCounterId,
      },
      now,
    );
  }

  private record(em: EntityManager, key: ApiKey, successor: ApiKey): void {
    const facts = { id: key.id, name: key.name, ownerId: key.owner.id };
    const revokeAt = key.revokeAt ? printTime(key.revokeAt) : null;
    this.outbox.record(em, keyEvent('rotated', facts, { successor_id: successor.id, revoke_at: revokeAt }));
  }
}

function assertRotatable(key: ApiKey, now: number): void {
  if (key.successorId) throw new AppError('REQ_006', { detail: 'The key has been rotated already.' });
  const status = statusOf(key, now);
  if (!isLive(status)) throw new AppError('REQ_006', { detail: `The key is ${status}; create a new one.` });
}

function termsOfSuccessor(key: ApiKey, now: number): KeyTerms {
  const terms = termsOf(key);
  if (!terms.expiresAt) return terms;
  const lengthMs = terms.expiresAt.getTime() - key.createdAt.getTime();
  // rounded up first: the old key's end had been cut to whole seconds
  return { ...terms, expiresAt: wholeSecond(now + Math.ceil(lengthMs / 1000) * 1000) };
}
