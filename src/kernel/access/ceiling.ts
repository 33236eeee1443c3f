import type { FieldError } from '../field-error.js';
import type { Authority } from './principal.js';

/** The names under which the client knows the three sides of an authority. */
const FIELDS = { permissions: 'permissions', networks: 'allowed_ips', life: 'expires_at' } as const;

/**
 * The minting ceiling: a credential that is created, returned, widened or re-enabled must lie within the authority of
 * the credential that asks for it, in permissions, networks and life. Returns the sides on which the target reaches
 * further; an empty list means it is within. Everything that mints goes through here.
 */
export function exceedsCeiling(target: Authority, caller: Authority): FieldError[] {
  const faults: FieldError[] = [];
  if (!caller.permissions.includes(target.permissions)) {
    const excess = target.permissions.minus(caller.permissions).names().join(', ');
    faults.push({ field: FIELDS.permissions, message: `goes beyond the calling credential: ${excess}` });
  }
  if (!target.networks.isSubsetOf(caller.networks)) {
    faults.push({ field: FIELDS.networks, message: 'admits addresses that the calling credential does not' });
  }
  if (caller.expiresAt !== null && (target.expiresAt === null || target.expiresAt > caller.expiresAt)) {
    faults.push({ field: FIELDS.life, message: 'lies beyond the end of the calling credential' });
  }
  return faults;
}
