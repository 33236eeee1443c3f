import { PermissionSet, type Role } from '../../../kernel/access/permission.js';
import type { Principal } from '../../../kernel/access/principal.js';
import { type NetworkLists, NetworkPolicy } from '../../../kernel/net/network-policy.js';
import { permissionsIn, type Scope } from '../scopes.js';

/** What decides how far a token reaches. */
export interface TokenReach {
  readonly userId: string;
  readonly role: Role;
  /** The authorization, or the client that acts for its owner. */
  readonly credentialId: string;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  /** What its client may have now. */
  readonly clientScopes: readonly Scope[];
  readonly networks: NetworkLists;
  /** Epoch milliseconds; null: it does not end by itself. */
  readonly clientExpiresAtMs: number | null;
  readonly expiresAtMs: number | null;
}

/** The caller that a token stands for: its scopes, within what its client and its user may do now. */
export function tokenPrincipal(reach: TokenReach): Principal {
  const scopes = permissionsIn(reach.scopes.filter((scope) => reach.clientScopes.includes(scope)));
  return Object.freeze({
    kind: 'oauth',
    method: 'oauth',
    userId: reach.userId,
    role: reach.role,
    credentialId: reach.credentialId,
    clientId: reach.clientId,
    grants: scopes,
    permissions: PermissionSet.ofGrants(scopes).intersect(PermissionSet.ofRole(reach.role)),
    networks: NetworkPolicy.of(reach.networks),
    expiresAt: reach.clientExpiresAtMs,
    credentialExpiresAt: reach.expiresAtMs,
  } satisfies Principal);
}
