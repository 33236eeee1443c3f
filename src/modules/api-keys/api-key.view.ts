import type { z } from 'zod';
import { printTime, printTimeOrNull } from '../../platform/http/index.js';
import type { CredentialLastUse } from '../../platform/metering/index.js';
import type { ApiKeyView } from './api-key.dto.js';
import type { ApiKey } from './api-key.entity.js';
import { isLive, statusOf } from './api-key-status.js';
import { termsOf } from './key-terms.js';

const DAY_MS = 86_400_000;
/** Age after which a key should be rotated. */
const ROTATION_INTERVAL_MS = 90 * DAY_MS;

/** Shows a key as it stands at a moment (epoch milliseconds), with its last use if there was one. */
export function viewApiKey(key: ApiKey, nowMs: number, lastUse?: CredentialLastUse): z.infer<typeof ApiKeyView> {
  const terms = termsOf(key);
  const status = statusOf(key, nowMs);
  return {
    id: key.id,
    name: key.name,
    environment: key.environment,
    hint: key.hint,
    status,
    permissions: [...terms.permissions],
    allowed_ips: terms.allowedIps && [...terms.allowedIps],
    ip_whitelist: terms.allowedIps && [...terms.allowedIps],
    denied_ips: terms.deniedIps && [...terms.deniedIps],
    require_signature: terms.requireSignature,
    min_signature: terms.minSignature,
    quota: terms.quota && { limit: terms.quota.limit, period: terms.quota.period },
    expires_at: printTimeOrNull(terms.expiresAt),
    created_at: printTime(key.createdAt),
    rotation_due: isLive(status) && !key.successorId && nowMs - key.createdAt.getTime() >= ROTATION_INTERVAL_MS,
    successor_id: key.successorId ?? null,
    last_used_at: printTimeOrNull(lastUse?.lastUsedAt),
    last_used_ip: lastUse?.lastUsedIp ?? null,
    revoke_at: status === 'revoked' ? null : printTimeOrNull(key.revokeAt),
    revoked_at: printTimeOrNull(key.revokedAt ?? (status === 'revoked' ? key.revokeAt : null)),
    minted_by: key.mintedBy ?? null,
  };
}
