import { type Grant, PermissionSet, type Role } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import type { VerifiedCredential } from '../../platform/access/index.js';

/** What the database says of an account and its owner, as far as it decides what the account may do. */
export interface AccountRow {
  readonly account_id: string;
  readonly owner_id: string;
  readonly role: Role;
  readonly permissions: Grant[];
  readonly allowed_ips: string[] | null;
  readonly denied_ips: string[] | null;
  readonly account_expires_at: Date | string | null;
}

/** The columns of an {@link AccountRow}, of `service_accounts a` and `users u`. */
export const ACCOUNT_COLUMNS = `a.id as account_id, a.owner_id, u.role, a.permissions, a.allowed_ips, a.denied_ips,
       a.expires_at as account_expires_at`;

/** What makes an account and its owner good, of `service_accounts a` and `users u`. */
export const ACCOUNT_IS_LIVE = 'a.deleted_at is null and a.disabled_at is null and u.disabled_at is null';

/** What a token of the account was granted. */
export interface TokenLimits {
  /** The key pair that it was granted to. */
  readonly keyId: string;
  readonly scope: readonly Grant[];
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** The account as a caller: what it may do now, within what its owner may do now and what a token was granted. */
export function accountPrincipal(row: AccountRow, token: TokenLimits | null): VerifiedCredential {
  const expiresAt = row.account_expires_at ? new Date(row.account_expires_at).getTime() : null;
  const own = PermissionSet.ofGrants(row.permissions).intersect(PermissionSet.ofRole(row.role));
  const principal = Object.freeze({
    kind: 'service_account',
    method: 'service_account',
    userId: row.owner_id,
    role: row.role,
    credentialId: row.account_id,
    ...(token && { keyId: token.keyId }),
    grants: token ? token.scope : row.permissions,
    permissions: token ? own.intersect(PermissionSet.ofGrants(token.scope)) : own,
    networks: NetworkPolicy.of({ allowed: row.allowed_ips, denied: row.denied_ips }),
    expiresAt,
    credentialExpiresAt: token ? token.expiresAtMs : expiresAt,
  } satisfies Principal);
  return {
    principal,
    dependsOn: [
      { kind: 'service_account', id: row.account_id },
      { kind: 'owner', id: row.owner_id },
    ],
  };
}
