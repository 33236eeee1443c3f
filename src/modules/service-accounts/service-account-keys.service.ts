import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { Minting } from '../../platform/minting/index.js';
import { lockUser } from '../users/index.js';
import { issueKeyPair } from './issue-key-pair.js';
import { endOfKeyPair } from './key-pair-life.js';
import { reachOfAccount } from './minted-accounts.js';
import type { MintedServiceAccountKeyView, NewServiceAccountKey } from './service-account.dto.js';
import { getServiceAccountEvenDeleted, lockServiceAccount } from './service-account.repository.js';
import { viewServiceAccountKey } from './service-account.view.js';
import { ServiceAccountKey } from './service-account-key.entity.js';

/** Key pairs of an account that can sign at the same time: enough to rotate, few enough to try. */
const LIVE_KEYS_MAX = 5;

/** The key pairs of service accounts. */
@Injectable()
export class ServiceAccountKeysService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Adds a key pair. @throws AppError REQ_005, REQ_006 beyond five live ones, AUTH_009 beyond the caller's reach, AUTH_006 */
  async add(
    caller: Principal,
    accountId: string,
    input: z.infer<typeof NewServiceAccountKey>,
  ): Promise<z.infer<typeof MintedServiceAccountKeyView>> {
    const nowMs = this.clock.now();
    if (input.expires_at && input.expires_at.getTime() <= nowMs) throw endsInThePast();
    return this.database.transaction(async (em) => {
      const minter = await this.minting.begin(em, caller, await lockUser(em, caller.userId));
      const account = await lockServiceAccount(em, caller.userId, accountId);
      const expiresAt = input.expires_at ?? endOfKeyPair(caller, account, nowMs);
      const target = { ...reachOfAccount(account), expiresAt: expiresAt.getTime() };
      await this.minting.admit(em, minter, 'service_account', target);
      const live = await em.count(ServiceAccountKey, {
        account: accountId,
        revokedAt: null,
        expiresAt: { $gt: new Date(nowMs) },
      });
      if (live >= LIVE_KEYS_MAX) {
        throw new AppError('REQ_006', { detail: `A service account has at most ${LIVE_KEYS_MAX} live keys.` });
      }
      const { row, privateKeyPlaintext } = await issueKeyPair(em, {
        account,
        publicKey: input.public_key,
        expiresAt,
        nowMs,
        mintedBy: minter.id,
      });
      await this.invalidations.announce(em, { kind: 'service_account', id: accountId });
      this.outbox.record(em, {
        type: 'service_account.updated',
        ownerId: caller.userId,
        data: { service_account_id: accountId, name: account.name, added_key_id: row.id },
      });
      return { ...viewServiceAccountKey(row), private_key: privateKeyPlaintext };
    });
  }

  /** Ends a key pair and the tokens it has got, at once; a second time changes nothing. @throws AppError REQ_005 */
  async revoke(caller: Principal, accountId: string, keyId: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const account = await getServiceAccountEvenDeleted(em, caller.userId, accountId);
      const key = await em.findOne(ServiceAccountKey, { id: keyId, account: accountId });
      if (!key) throw new AppError('REQ_005', { detail: 'The service account has no such key.' });
      const revokedAt = new Date(this.clock.now());
      const isFirst = await em.nativeUpdate(ServiceAccountKey, { id: keyId, revokedAt: null }, { revokedAt });
      if (isFirst === 0) return;
      await this.invalidations.announce(em, { kind: 'service_account', id: accountId });
      this.outbox.record(em, {
        type: 'service_account.updated',
        ownerId: caller.userId,
        data: { service_account_id: accountId, name: account.name, revoked_key_id: keyId },
      });
    });
  }
}

function endsInThePast(): AppError {
  return new AppError('REQ_001', {
    detail: 'expires_at must lie in the future.',
    errors: [{ field: 'expires_at', message: 'must lie in the future' }],
  });
}
