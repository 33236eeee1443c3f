import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../platform/http/time.js';
import type { ApiKeyView } from './api-key.dto.js';
import type { ApiKey } from './api-key.entity.js';

/** Shows a key as it stands at a moment (epoch milliseconds). */
export function viewApiKey(key: ApiKey, nowMs: number): z.infer<typeof ApiKeyView> {
  return {
    id: key.id,
    name: key.name,
    environment: key.environment,
    hint: key.hint,
    status: statusOf(key, nowMs),
    permissions: [...key.permissions],
    allowed_ips: key.allowedIps ?? null,
    ip_whitelist: key.allowedIps ?? null,
    denied_ips: key.deniedIps ?? null,
    expires_at: printTimeOrNull(key.expiresAt),
    created_at: printTime(key.createdAt),
    last_used_at: printTimeOrNull(key.lastUsedAt),
    last_used_ip: key.lastUsedIp ?? null,
    revoked_at: printTimeOrNull(key.revokedAt),
    minted_by: key.mintedBy ?? null,
  };
}

function statusOf(key: ApiKey, nowMs: number): z.infer<typeof ApiKeyView>['status'] {
  if (key.revokedAt) return 'revoked';
  return key.expiresAt && key.expiresAt.getTime() <= nowMs ? 'expired' : 'active';
}
