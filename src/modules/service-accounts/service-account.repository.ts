import { type EntityManager, type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import { AppError } from '../../kernel/errors/app-error.js';
import { ServiceAccount } from './service-account.entity.js';
import { ServiceAccountKey } from './service-account-key.entity.js';

/** An owner's service account. @throws AppError REQ_005, the same for another owner's, a deleted one and none */
export async function getServiceAccount(em: EntityManager, ownerId: string, id: string): Promise<ServiceAccount> {
  const account = await em.findOne(ServiceAccount, { owner: ownerId, id, deletedAt: null });
  return account ?? notFound();
}

/** The same, locked until the transaction ends, so that changes to one account come one after the other. */
export async function lockServiceAccount(em: EntityManager, ownerId: string, id: string): Promise<ServiceAccount> {
  const account = await em.findOne(
    ServiceAccount,
    { owner: ownerId, id, deletedAt: null },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  return account ?? notFound();
}

/** The same, deleted ones included, for what may be said twice. */
export async function getServiceAccountEvenDeleted(
  em: EntityManager,
  ownerId: string,
  id: string,
): Promise<ServiceAccount> {
  const account = await em.findOne(ServiceAccount, { owner: ownerId, id });
  return account ?? notFound();
}

/** An owner's service accounts, newest first, after the cursor; one more than `limit`, to tell if there are more. */
export function listServiceAccounts(
  em: EntityManager,
  ownerId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<ServiceAccount[]> {
  const where: FilterQuery<ServiceAccount> = {
    owner: ownerId,
    deletedAt: null,
    ...(page.cursor && { id: { $lt: page.cursor } }),
  };
  return em.find(ServiceAccount, where, { orderBy: { id: 'desc' }, limit: page.limit + 1 });
}

/** The key pairs of these accounts that have not been revoked, oldest first, by account id. */
export async function keysOfAccounts(
  em: EntityManager,
  accounts: readonly ServiceAccount[],
): Promise<ReadonlyMap<string, ServiceAccountKey[]>> {
  const keys = await em.find(
    ServiceAccountKey,
    { account: { $in: accounts.map(({ id }) => id) }, revokedAt: null },
    { orderBy: { id: 'asc' } },
  );
  return Map.groupBy(keys, (key) => key.account.id);
}

function notFound(): never {
  throw new AppError('REQ_005', { detail: 'There is no such service account.' });
}
