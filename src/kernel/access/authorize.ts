import type { IpAddress } from '../net/address.js';
import type { Permission } from './permission.js';
import type { Principal } from './principal.js';

/** What a route demands of its caller; every route declares exactly one. */
export type Requirement =
  /** Anyone, without a credential. */
  | { readonly kind: 'public' }
  /** Any valid credential. */
  | { readonly kind: 'credential' }
  /** A login session: account routes are closed to keys, robots and OAuth tokens. */
  | { readonly kind: 'session' }
  /** A credential that holds all of these. */
  | { readonly kind: 'permissions'; readonly permissions: readonly Permission[] };

/** The verdict; a refusal names its catalogue code and the public reason. */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly code: 'AUTH_005' | 'AUTH_008' | 'AUTH_009';
      readonly detail: string;
      readonly missing?: Permission | 'session';
    };

const ALLOWED: Decision = { allowed: true };

/** Decides whether this caller, from this address, meets the requirement. Pure: the same input, the same verdict. */
export function authorize(principal: Principal | null, address: IpAddress | null, requirement: Requirement): Decision {
  if (requirement.kind === 'public') return ALLOWED;
  if (!principal) return { allowed: false, code: 'AUTH_008', detail: 'This operation needs a credential.' };
  if (!address || !principal.networks.admits(address)) {
    return {
      allowed: false,
      code: 'AUTH_005',
      detail: `The address ${address?.text ?? '(unknown)'} may not use this credential.`,
    };
  }
  if (requirement.kind === 'session' && principal.kind !== 'session') {
    return {
      allowed: false,
      code: 'AUTH_009',
      detail: 'This operation is open to login sessions only.',
      missing: 'session',
    };
  }
  if (requirement.kind === 'permissions') {
    for (const permission of requirement.permissions) {
      if (principal.permissions.has(permission)) continue;
      return {
        allowed: false,
        code: 'AUTH_009',
        detail: `The credential lacks the permission ${permission}.`,
        missing: permission,
      };
    }
  }
  return ALLOWED;
}
