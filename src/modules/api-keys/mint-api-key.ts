import { PermissionSet } from '../../kernel/access/permission.js';
import type { Grant } from '../../kernel/access/permission.js';
import { exceedsCeiling } from '../../kernel/access/ceiling.js';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';

/** What decides how far a key reaches. */
export interface KeyReach {
  readonly permissions: readonly Grant[];
  readonly allowedIps: readonly string[] | null;
  readonly deniedIps: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** The same as a request may give it: what it leaves out is undefined. */
export type RequestedReach = { readonly [Side in keyof KeyReach]?: KeyReach[Side] | undefined };

/** What a session's new keys get when the request says nothing. */
const SESSION_DEFAULTS: KeyReach = { permissions: ['*'], allowedIps: null, deniedIps: null, expiresAt: null };

/**
 * Settles how far a new key reaches: what the request leaves out is inherited from the caller, and what it asks for
 * must lie within the caller's own authority. @throws AppError AUTH_009 that names each excess
 */
export function settleReach(caller: Principal, parent: KeyReach | null, requested: RequestedReach): KeyReach {
  const base = parent ?? SESSION_DEFAULTS;
  const reach: KeyReach = {
    permissions: requested.permissions ?? base.permissions,
    allowedIps: requested.allowedIps === undefined ? base.allowedIps : requested.allowedIps,
    deniedIps: requested.deniedIps === undefined ? base.deniedIps : requested.deniedIps,
    expiresAt: requested.expiresAt === undefined ? base.expiresAt : requested.expiresAt,
  };
  assertWithinCeiling(caller, reach);
  return reach;
}

/** @throws AppError AUTH_009 if a key with this reach could do more than its maker */
export function assertWithinCeiling(caller: Principal, reach: KeyReach): void {
  const excess = exceedsCeiling(
    {
      permissions: PermissionSet.ofGrants(reach.permissions),
      networks: NetworkPolicy.of({ allowed: reach.allowedIps, denied: reach.deniedIps }),
      expiresAt: reach.expiresAt?.getTime() ?? null,
    },
    caller,
  );
  if (excess.length === 0) return;
  throw new AppError('AUTH_009', {
    detail: `A key cannot reach further than the credential that creates it: ${excess[0]?.field} ${excess[0]?.message}.`,
    errors: excess,
  });
}
