import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import type { Lineage } from '../../platform/access/index.js';
import { lockUser } from '../users/index.js';

/**
 * Locks the owner, so that nothing is minted by a credential that is being ended, and makes sure that the caller has
 * not ended since the request came in. @throws AppError AUTH_002, AUTH_004 if it has
 */
export async function lockAsMaker(em: EntityManager, caller: Principal, lineage: Lineage): Promise<void> {
  if ((await lockUser(em, caller.userId)) === null) throw new AppError('AUTH_002');
  await lineage.assertStands(em, caller);
}
