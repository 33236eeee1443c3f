import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Reach, reachOfStored } from '../../kernel/access/ceiling.js';
import { PermissionSet } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Outbox } from '../../platform/events/index.js';
import { Lineage, type LineEnd, type MintedKind } from '../../platform/minting/index.js';
import { ServiceAccount } from './service-account.entity.js';
import { ServiceAccountKey } from './service-account-key.entity.js';

/** Service accounts and their key pairs in the line of credentials: ended with whatever minted them. */
@Injectable()
export class MintedAccounts implements MintedKind {
  readonly kind = 'service_account';
  readonly nouns = { one: 'A service account', many: 'service accounts' };
  readonly permissionsField = 'permissions';

  constructor(
    lineage: Lineage,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    lineage.register(this);
  }

  async endMintedBy(em: EntityManager, minterIds: readonly string[], end: LineEnd): Promise<string[]> {
    const accounts = await em.find(ServiceAccount, { owner: end.ownerId, mintedBy: { $in: [...minterIds] } });
    for (const account of accounts) await this.endAccount(em, account, end);
    await this.endKeyPairs(em, minterIds, end);
    return accounts.map(({ id }) => id);
  }

  async reachOf(em: EntityManager, ownerId: string, id: string): Promise<Reach | null> {
    const account = await em.findOne(ServiceAccount, { id, owner: ownerId, deletedAt: null, disabledAt: null });
    const isLive = account !== null && (!account.expiresAt || account.expiresAt.getTime() > this.clock.now());
    return isLive ? reachOfAccount(account) : null;
  }

  count(em: EntityManager, ownerId: string): Promise<number> {
    return em.count(ServiceAccount, { owner: ownerId, deletedAt: null });
  }

  /** Ends an account, now or later; a later end never prolongs an earlier one, and what has ended stays as it is. */
  async endAccount(em: EntityManager, account: ServiceAccount, end: LineEnd): Promise<void> {
    if (account.deletedAt) return;
    const { id, name } = account;
    if (end.isLater) {
      if (account.expiresAt && account.expiresAt <= end.at) return;
      account.expiresAt = end.at;
    } else {
      account.deletedAt = end.at;
    }
    await this.invalidations.announce(em, { kind: 'service_account', id });
    this.outbox.record(em, {
      type: end.isLater ? 'service_account.updated' : 'service_account.revoked',
      ownerId: end.ownerId,
      data: { service_account_id: id, name, ...(end.rootId !== id && { cascade_from: end.rootId }) },
    });
  }

  /** Key pairs that the minters gave to accounts of others. */
  private async endKeyPairs(em: EntityManager, minterIds: readonly string[], end: LineEnd): Promise<void> {
    const pairs = await em.find(
      ServiceAccountKey,
      { mintedBy: { $in: [...minterIds] }, revokedAt: null, account: { owner: end.ownerId } },
      { populate: ['account'] },
    );
    for (const pair of pairs) {
      // it has ended with its account, which has told of that
      if (pair.account.deletedAt) continue;
      if (!end.isLater) pair.revokedAt = end.at;
      else if (pair.expiresAt > end.at) pair.expiresAt = end.at;
      else continue;
      const { id, name } = pair.account;
      await this.invalidations.announce(em, { kind: 'service_account', id });
      this.outbox.record(em, {
        type: 'service_account.updated',
        ownerId: end.ownerId,
        data: { service_account_id: id, name, revoked_key_id: pair.id, cascade_from: end.rootId },
      });
    }
  }
}

/** How far an account reaches. */
export function reachOfAccount(account: ServiceAccount): Reach {
  return reachOfStored(PermissionSet.ofGrants(account.permissions), account);
}
