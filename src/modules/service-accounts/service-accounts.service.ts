import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { Lineage, Minting } from '../../platform/minting/index.js';
import { lockUser, User } from '../users/index.js';
import { issueKeyPair } from './issue-key-pair.js';
import { endOfKeyPair } from './key-pair-life.js';
import { MintedAccounts, reachOfAccount } from './minted-accounts.js';
import type {
  CreatedServiceAccountView,
  NewServiceAccount,
  ServiceAccountChanges,
  ServiceAccountQuery,
  ServiceAccountView,
} from './service-account.dto.js';
import { ServiceAccount } from './service-account.entity.js';
import {
  getServiceAccount,
  getServiceAccountEvenDeleted,
  keysOfAccounts,
  listServiceAccounts,
  lockServiceAccount,
} from './service-account.repository.js';
import { viewServiceAccount } from './service-account.view.js';

type View = z.infer<typeof ServiceAccountView>;
type Changes = z.infer<typeof ServiceAccountChanges>;

/** Service accounts: creating, reading, changing and deleting. */
@Injectable()
export class ServiceAccountsService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    private readonly minted: MintedAccounts,
    private readonly lineage: Lineage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Creates an account with its first key pair. @throws AppError AUTH_009 beyond the caller's reach, AUTH_006, REQ_006 */
  async create(
    caller: Principal,
    input: z.infer<typeof NewServiceAccount>,
  ): Promise<z.infer<typeof CreatedServiceAccountView>> {
    const nowMs = this.clock.now();
    const { allowed, denied } = caller.networks.lists;
    return this.database.transaction(async (em) => {
      const minter = await this.minting.begin(em, caller, await lockUser(em, caller.userId));
      await this.minting.assertOneMore(em, caller.userId, 'service_account');
      const account = em.create(ServiceAccount, {
        id: newId(nowMs),
        owner: em.getReference(User, caller.userId),
        name: input.name,
        description: input.description ?? null,
        permissions: input.permissions,
        allowedIps: allowed ? [...allowed] : null,
        deniedIps: denied ? [...denied] : null,
        expiresAt: caller.expiresAt === null ? null : new Date(caller.expiresAt),
        createdAt: new Date(nowMs),
        disabledAt: null,
        deletedAt: null,
        mintedBy: minter.id,
      });
      await this.minting.admit(em, minter, 'service_account', reachOfAccount(account));
      em.persist(account);
      const expiresAt = endOfKeyPair(caller, account, nowMs);
      const { row: key, privateKeyPlaintext } = await issueKeyPair(em, {
        account,
        publicKey: input.public_key,
        expiresAt,
        nowMs,
        mintedBy: minter.id,
      });
      this.outbox.record(em, {
        type: 'service_account.created',
        ownerId: caller.userId,
        data: { ...nameOf(account), permissions: account.permissions, key_id: key.id },
      });
      return { ...viewServiceAccount(account, [key]), key_id: key.id, private_key: privateKeyPlaintext };
    });
  }

  async list(caller: Principal, query: z.infer<typeof ServiceAccountQuery>): Promise<Page<View>> {
    return this.database.read(async (em) => {
      const accounts = await listServiceAccounts(em, caller.userId, query);
      const keys = await keysOfAccounts(em, accounts);
      return toPage(accounts, query.limit, (account) => viewServiceAccount(account, keys.get(account.id) ?? []));
    });
  }

  /** @throws AppError REQ_005 */
  async get(caller: Principal, id: string): Promise<View> {
    return this.database.read(async (em) => {
      const account = await getServiceAccount(em, caller.userId, id);
      const keys = await keysOfAccounts(em, [account]);
      return viewServiceAccount(account, keys.get(id) ?? []);
    });
  }

  /** Changes an account. @throws AppError REQ_005; AUTH_009, AUTH_006 if it would be widened or enabled */
  async update(caller: Principal, id: string, changes: Changes): Promise<View> {
    return this.database.transaction(async (em) => {
      const minter = await this.minting.begin(em, caller, await lockUser(em, caller.userId));
      const account = await lockServiceAccount(em, caller.userId, id);
      const before = changes.enabled === true && account.disabledAt ? null : reachOfAccount(account);
      apply(account, changes, this.clock.now());
      await this.minting.admitChange(em, minter, 'service_account', { before, after: reachOfAccount(account) });
      await this.invalidations.announce(em, { kind: 'service_account', id });
      this.outbox.record(em, {
        type: 'service_account.updated',
        ownerId: caller.userId,
        data: { ...nameOf(account), permissions: account.permissions, enabled: account.disabledAt === null },
      });
      const keys = await keysOfAccounts(em, [account]);
      return viewServiceAccount(account, keys.get(id) ?? []);
    });
  }

  /**
   * Deletes an account; its tokens end at once, and in a cascade all that it minted, of whatever kind, and all that those
   * minted. Deleting a deleted one changes nothing but what a cascade still finds. @throws AppError REQ_005
   */
  async delete(caller: Principal, id: string, isCascade: boolean): Promise<void> {
    await this.database.transaction(async (em) => {
      await lockUser(em, caller.userId);
      const account = await getServiceAccountEvenDeleted(em, caller.userId, id);
      const end = { ownerId: caller.userId, rootId: id, at: new Date(this.clock.now()), isLater: false };
      await this.minted.endAccount(em, account, end);
      if (isCascade) await this.lineage.endDescendants(em, end);
    });
  }
}

function apply(account: ServiceAccount, changes: Changes, nowMs: number): void {
  if (changes.name !== undefined) account.name = changes.name;
  if (changes.description !== undefined) account.description = changes.description;
  if (changes.permissions !== undefined) account.permissions = changes.permissions;
  if (changes.enabled === true) account.disabledAt = null;
  if (changes.enabled === false) account.disabledAt ??= new Date(nowMs);
}

function nameOf({ id, name }: ServiceAccount): Record<string, string> {
  return { service_account_id: id, name };
}
