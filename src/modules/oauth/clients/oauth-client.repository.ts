import { type EntityManager, type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import { AppError } from '../../../kernel/errors/app-error.js';
import { OAuthClient } from './oauth-client.entity.js';

/** An owner's client. @throws AppError REQ_005, the same for another owner's, a deleted one and none */
export async function getOAuthClient(em: EntityManager, ownerId: string, id: string): Promise<OAuthClient> {
  return (await em.findOne(OAuthClient, { owner: ownerId, id, deletedAt: null })) ?? notFound();
}

/** The same, locked until the transaction ends, so that changes to one client come one after the other. */
export async function lockOAuthClient(em: EntityManager, ownerId: string, id: string): Promise<OAuthClient> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
  return (await em.findOne(OAuthClient, { owner: ownerId, id, deletedAt: null }, lock)) ?? notFound();
}

/** The same, deleted ones included, for what may be said twice. */
export async function getOAuthClientEvenDeleted(em: EntityManager, ownerId: string, id: string): Promise<OAuthClient> {
  return (await em.findOne(OAuthClient, { owner: ownerId, id })) ?? notFound();
}

/** An owner's clients, newest first, after the cursor; one more than `limit`, to tell if there are more. */
export function listOAuthClients(
  em: EntityManager,
  ownerId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<OAuthClient[]> {
  const where: FilterQuery<OAuthClient> = { owner: ownerId, deletedAt: null, ...(cursor && { id: { $lt: cursor } }) };
  return em.find(OAuthClient, where, { orderBy: { id: 'desc' }, limit: limit + 1 });
}

function notFound(): never {
  throw new AppError('REQ_005', { detail: 'There is no such OAuth client.' });
}
