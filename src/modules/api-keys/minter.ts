import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { ApiKey } from './api-key.entity.js';
import { lockOwner } from './api-key.repository.js';
import { isLive, statusOf } from './api-key-status.js';
import { authorityAsItStands, type KeyAuthority, withinRole } from './key-ceiling.js';
import { type KeyTerms, SESSION_DEFAULTS, termsOf } from './key-terms.js';

/** The caller as the maker or changer of keys. */
export interface Minter {
  readonly authority: KeyAuthority;
  /** What its new keys get when the request says nothing. */
  readonly defaults: KeyTerms;
  /** The counter that its new keys draw their quota from; null: each has its own. */
  readonly quotaCounterId: string | null;
  /** What its new keys name as their maker; null: a login session. */
  readonly id: string | null;
}

/**
 * Locks the owner's keys against other changes and reads how far the caller reaches at this moment, which may be less
 * than when the request came in. @throws AppError AUTH_004 if the calling key has ended meanwhile
 */
export async function lockAsMinter(em: EntityManager, caller: Principal, nowMs: number): Promise<Minter> {
  const role = await lockOwner(em, caller);
  if (caller.kind !== 'api_key') return otherMinter(caller, role);
  const key = await em.findOne(ApiKey, { id: caller.credentialId, owner: caller.userId });
  if (!key || !isLive(statusOf(key, nowMs))) throw new AppError('AUTH_004');
  const terms = termsOf(key);
  const authority = withinRole(authorityAsItStands(key), role);
  return {
    authority,
    defaults: { ...terms, expiresAt: authority.expiresAt === null ? null : new Date(authority.expiresAt) },
    quotaCounterId: terms.quota ? key.quotaCounterId : null,
    id: key.id,
  };
}

/** A login session, or a robot or grant that has no more to hand on than its principal says. */
function otherMinter(caller: Principal, role: Role): Minter {
  const authority = withinRole(
    {
      permissions: caller.permissions,
      networks: caller.networks,
      expiresAt: caller.expiresAt,
      quota: caller.quota ?? null,
      requiredSignature: caller.signaturePolicy?.isRequired ? caller.signaturePolicy.minimum : null,
    },
    role,
  );
  const isSession = caller.kind === 'session';
  return {
    authority,
    defaults: {
      ...SESSION_DEFAULTS,
      ...(!isSession && { permissions: caller.grants }),
      expiresAt: caller.expiresAt === null ? null : new Date(caller.expiresAt),
    },
    quotaCounterId: authority.quota?.counterId ?? null,
    id: isSession ? null : caller.credentialId,
  };
}
