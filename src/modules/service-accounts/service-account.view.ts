import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../platform/http/index.js';
import type { ServiceAccountKeyView, ServiceAccountView } from './service-account.dto.js';
import type { ServiceAccount } from './service-account.entity.js';
import type { ServiceAccountKey } from './service-account-key.entity.js';

/** Shows a service account with its key pairs. */
export function viewServiceAccount(
  account: ServiceAccount,
  keys: readonly ServiceAccountKey[],
): z.infer<typeof ServiceAccountView> {
  return {
    id: account.id,
    name: account.name,
    description: account.description ?? null,
    permissions: [...account.permissions],
    enabled: !account.disabledAt,
    allowed_ips: account.allowedIps ?? null,
    denied_ips: account.deniedIps ?? null,
    expires_at: printTimeOrNull(account.expiresAt),
    created_at: printTime(account.createdAt),
    minted_by: account.mintedBy ?? null,
    keys: keys.map(viewServiceAccountKey),
  };
}

/** Shows the public side of a key pair. */
export function viewServiceAccountKey(key: ServiceAccountKey): z.infer<typeof ServiceAccountKeyView> {
  return {
    id: key.id,
    key_id: key.id,
    algorithm: key.algorithm,
    thumbprint: key.thumbprint,
    created_at: printTime(key.createdAt),
    expires_at: printTime(key.expiresAt),
    last_used_at: printTimeOrNull(key.lastUsedAt),
  };
}
