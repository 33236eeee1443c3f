import { exceedsCeiling } from '../../kernel/access/ceiling.js';
import { PermissionSet, type Role } from '../../kernel/access/permission.js';
import type { Authority } from '../../kernel/access/principal.js';
import type { Quota } from '../../kernel/access/quota.js';
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../../kernel/access/signature-policy.js';
import { AppError } from '../../kernel/errors/app-error.js';
import type { FieldError } from '../../kernel/field-error.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import type { ApiKey } from './api-key.entity.js';
import { type KeyTerms, termsOf } from './key-terms.js';

const [WEAKEST] = SIGNATURE_SCHEMES;

/** How far a credential reaches as the maker or changer of keys. */
export interface KeyAuthority extends Authority {
  /** Null: its calls are not counted against a quota. */
  readonly quota: Quota | null;
  /** The weakest scheme that its requests must be signed with; null: they need not be. */
  readonly requiredSignature: SignatureScheme | null;
}

/** Stands for the counter of a key that does not exist yet and will have one of its own. */
const NEW_COUNTER = 'new';

/** The authority of a key with these terms, whose quota is drawn from a counter; null: a counter of its own. */
export function authorityOfTerms(terms: KeyTerms, counterId: string | null): KeyAuthority {
  return {
    permissions: PermissionSet.ofGrants(terms.permissions),
    networks: NetworkPolicy.of({ allowed: terms.allowedIps, denied: terms.deniedIps }),
    expiresAt: terms.expiresAt?.getTime() ?? null,
    quota: terms.quota && { counterId: counterId ?? NEW_COUNTER, ...terms.quota },
    requiredSignature: terms.requireSignature ? (terms.minSignature ?? WEAKEST) : null,
  };
}

/** The same with an end (epoch milliseconds) that is known already; null: there is none. */
export function endingBy(authority: KeyAuthority, endMs: number | null): KeyAuthority {
  const ends = [authority.expiresAt, endMs].filter((end) => end !== null);
  return { ...authority, expiresAt: ends.length > 0 ? Math.min(...ends) : null };
}

/** The authority of a stored key, ended by what is known of its end. */
export function authorityAsItStands(key: ApiKey): KeyAuthority {
  return endingBy(authorityOfTerms(termsOf(key), key.quotaCounterId), key.revokeAt?.getTime() ?? null);
}

/** The same, cut down to what a user of the role may do: a key never outlives the rights of its owner. */
export function withinRole(authority: KeyAuthority, role: Role): KeyAuthority {
  return { ...authority, permissions: authority.permissions.intersect(PermissionSet.ofRole(role)) };
}

/** The sides on which a target reaches further than `limit`; an empty list: it is within. */
export function excessOf(target: KeyAuthority, limit: KeyAuthority): FieldError[] {
  const faults = exceedsCeiling(target, limit);
  if (limit.quota && !isWithinQuota(target.quota, limit.quota)) {
    faults.push({ field: 'quota', message: 'is not drawn from the quota of the calling credential, or is larger' });
  }
  if (strengthOf(target.requiredSignature) < strengthOf(limit.requiredSignature)) {
    faults.push({ field: 'require_signature', message: 'demands less than the calling credential has to sign with' });
  }
  return faults;
}

/** @throws AppError AUTH_009 if a key could do more than the credential that makes, returns or changes it */
export function assertWithinCeiling(target: KeyAuthority, caller: KeyAuthority): void {
  const excess = excessOf(target, caller);
  if (excess.length === 0) return;
  throw new AppError('AUTH_009', {
    detail: `A key cannot reach further than the calling credential: ${excess[0]?.field} ${excess[0]?.message}.`,
    errors: excess,
  });
}

/** None at all is weaker than any scheme. */
function strengthOf(scheme: SignatureScheme | null): number {
  return scheme === null ? -1 : SIGNATURE_SCHEMES.indexOf(scheme);
}

function isWithinQuota(target: Quota | null, limit: Quota): boolean {
  if (!target || target.counterId !== limit.counterId) return false;
  return target.period === limit.period && target.limit <= limit.limit;
}
