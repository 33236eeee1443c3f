import type { FieldError } from '../field-error.js';
import type { Authority, Principal } from './principal.js';
import { NetworkPolicy } from '../net/network-policy.js';
import { PermissionSet, type Role } from './permission.js';
import type { Quota } from './quota.js';
import { SIGNATURE_SCHEMES, type SignatureScheme } from './signature-policy.js';

/** How far a credential reaches, with what binds its calls: all that it can hand on to what it mints. */
export interface Reach extends Authority {
  /** Null: its calls are not counted against a quota. */
  readonly quota: Quota | null;
  /** The weakest scheme that its requests must be signed with; null: they need not be. */
  readonly requiredSignature: SignatureScheme | null;
}

/** The names under which the client knows the sides of a reach. */
const FIELDS = {
  permissions: 'permissions',
  networks: 'allowed_ips',
  life: 'expires_at',
  quota: 'quota',
  signature: 'require_signature',
} as const;

/** How far the credential behind a request reaches, as it was verified. */
export function reachOf({ permissions, networks, expiresAt, quota, signaturePolicy }: Principal): Reach {
  const requiredSignature = signaturePolicy?.isRequired ? signaturePolicy.minimum : null;
  return { permissions, networks, expiresAt, quota: quota ?? null, requiredSignature };
}

/** The columns that say from where and until when a stored credential may be used. */
interface StoredBounds {
  readonly allowedIps?: readonly string[] | null;
  readonly deniedIps?: readonly string[] | null;
  readonly expiresAt?: Date | null;
}

/** The reach of a stored credential whose calls are neither counted against a quota nor signed one by one. */
export function reachOfStored(permissions: PermissionSet, { allowedIps, deniedIps, expiresAt }: StoredBounds): Reach {
  return {
    permissions,
    networks: NetworkPolicy.of({ allowed: allowedIps ?? null, denied: deniedIps ?? null }),
    expiresAt: expiresAt?.getTime() ?? null,
    quota: null,
    requiredSignature: null,
  };
}

/** The same reach, cut down to what a user of the role may do: no credential outlives the rights of its owner. */
export function withinRole<Side extends Authority>(reach: Side, role: Role): Side {
  return { ...reach, permissions: reach.permissions.intersect(PermissionSet.ofRole(role)) };
}

/**
 * The minting ceiling: a credential that is created, returned, widened or re-enabled must lie within the reach of the
 * credential that asks for it. Returns the sides on which the target reaches further; an empty list means it is within.
 */
export function excessOf(target: Reach, limit: Reach): FieldError[] {
  const faults: FieldError[] = [];
  if (!limit.permissions.includes(target.permissions)) {
    const excess = target.permissions.minus(limit.permissions).names().join(', ');
    faults.push({ field: FIELDS.permissions, message: `goes beyond the calling credential: ${excess}` });
  }
  if (!target.networks.isSubsetOf(limit.networks)) {
    faults.push({ field: FIELDS.networks, message: 'admits addresses that the calling credential does not' });
  }
  if (limit.expiresAt !== null && (target.expiresAt === null || target.expiresAt > limit.expiresAt)) {
    faults.push({ field: FIELDS.life, message: 'lies beyond the end of the calling credential' });
  }
  if (limit.quota && !isWithinQuota(target.quota, limit.quota)) {
    faults.push({
      field: FIELDS.quota,
      message: 'is not drawn from the quota of the calling credential, or is larger',
    });
  }
  if (strengthOf(target.requiredSignature) < strengthOf(limit.requiredSignature)) {
    faults.push({ field: FIELDS.signature, message: 'demands less than the calling credential has to sign with' });
  }
  return faults;
}

/** None at all is weaker than any scheme. */
function strengthOf(scheme: SignatureScheme | null): number {
  return scheme === null ? -1 : SIGNATURE_SCHEMES.indexOf(scheme);
}

function isWithinQuota(target: Quota | null, limit: Quota): boolean {
  if (!target || target.counterId !== limit.counterId) return false;
  return target.period === limit.period && target.limit <= limit.limit;
}
