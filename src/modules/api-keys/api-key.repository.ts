import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import { AppError } from '../../kernel/errors/app-error.js';
import { ApiKey } from './api-key.entity.js';

/** An owner's key. @throws AppError REQ_005, the same for another owner's key and for none */
export async function getApiKey(em: EntityManager, ownerId: string, id: string): Promise<ApiKey> {
  const key = await em.findOne(ApiKey, { owner: ownerId, id });
  if (!key) throw new AppError('REQ_005', { detail: 'There is no such API key.' });
  return key;
}

/** An owner's keys, newest first, after the position of the cursor; one more than `limit`, to tell if there are more. */
export function listApiKeys(
  em: EntityManager,
  ownerId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<ApiKey[]> {
  const where: FilterQuery<ApiKey> = { owner: ownerId, ...(page.cursor && { id: { $lt: page.cursor } }) };
  return em.find(ApiKey, where, { orderBy: { id: 'desc' }, limit: page.limit + 1 });
}
