import { exceedsCeiling } from '../../../kernel/access/ceiling.js';
import { PermissionSet } from '../../../kernel/access/permission.js';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { NetworkPolicy } from '../../../kernel/net/network-policy.js';
import { permissionsIn } from '../scopes.js';
import type { OAuthClient } from './oauth-client.entity.js';

type Reach = Pick<OAuthClient, 'scopes' | 'allowedIps' | 'deniedIps' | 'expiresAt'>;

/** @throws AppError AUTH_009 if the client could do more than the credential that creates, widens or re-arms it */
export function assertClientWithinCaller(caller: Principal, client: Reach): void {
  const target = {
    permissions: PermissionSet.ofGrants(permissionsIn(client.scopes)),
    networks: NetworkPolicy.of({ allowed: client.allowedIps ?? null, denied: client.deniedIps ?? null }),
    expiresAt: client.expiresAt?.getTime() ?? null,
  };
  // here permissions go by the name of scopes
  const excess = exceedsCeiling(target, caller).map((fault) =>
    fault.field === 'permissions' ? { ...fault, field: 'scopes' } : fault,
  );
  if (excess.length === 0) return;
  throw new AppError('AUTH_009', {
    detail: `An OAuth client cannot reach further than the credential that manages it: ${excess[0]?.field} ${excess[0]?.message}.`,
    errors: excess,
  });
}
