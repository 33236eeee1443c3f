import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../../kernel/access/principal.js';
import type { Minter, Minting } from '../../platform/minting/index.js';
import { lockUser } from '../users/index.js';
import { getApiKey } from './api-key.repository.js';
import { type KeyTerms, SESSION_DEFAULTS, termsOf } from './key-terms.js';

/** The caller as the maker or changer of keys. */
export interface KeyMinter extends Minter {
  /** What its new keys get when the request says nothing. */
  readonly defaults: KeyTerms;
  /** The counter that its new keys draw their quota from; null: each has its own. */
  readonly quotaCounterId: string | null;
}

/**
 * Locks the owner's keys against other changes and reads how far the caller reaches at this moment.
 * @throws AppError AUTH_004, AUTH_002 if the caller has ended meanwhile
 */
export async function lockAsMinter(em: EntityManager, caller: Principal, minting: Minting): Promise<KeyMinter> {
  const minter = await minting.begin(em, caller, await lockUser(em, caller.userId));
  const { expiresAt, quota } = minter.reach;
  return {
    ...minter,
    defaults: { ...(await termsToInherit(em, caller)), expiresAt: expiresAt === null ? null : new Date(expiresAt) },
    quotaCounterId: quota?.counterId ?? null,
  };
}

/** A key hands on its own terms; a session, robot or grant has no more to hand on than its principal says. */
async function termsToInherit(em: EntityManager, caller: Principal): Promise<KeyTerms> {
  if (caller.kind === 'api_key') return termsOf(await getApiKey(em, caller.userId, caller.credentialId));
  if (caller.kind === 'session') return SESSION_DEFAULTS;
  const { allowed, denied } = caller.networks.lists;
  return { ...SESSION_DEFAULTS, permissions: caller.grants, allowedIps: allowed ?? null, deniedIps: denied ?? null };
}
