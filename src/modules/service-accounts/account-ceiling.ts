import { exceedsCeiling } from '../../kernel/access/ceiling.js';
import { type Grant, PermissionSet } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';

/** How far a service account reaches. */
export interface AccountReach {
  readonly permissions: readonly Grant[];
  readonly allowedIps?: readonly string[] | null;
  readonly deniedIps?: readonly string[] | null;
  readonly expiresAt?: Date | null;
}

/** @throws AppError AUTH_009 if the account could do more than the credential that creates, widens or re-enables it */
export function assertWithinCaller(caller: Principal, reach: AccountReach): void {
  const target = {
    permissions: PermissionSet.ofGrants(reach.permissions),
    networks: NetworkPolicy.of({ allowed: reach.allowedIps ?? null, denied: reach.deniedIps ?? null }),
    expiresAt: reach.expiresAt?.getTime() ?? null,
  };
  const excess = exceedsCeiling(target, caller);
  if (excess.length === 0) return;
  throw new AppError('AUTH_009', {
    detail: `A service account cannot reach further than the credential that manages it: ${excess[0]?.field} ${excess[0]?.message}.`,
    errors: excess,
  });
}
