import type { PolicedKey } from '../../kernel/access/key-policy.js';
import type { ApiKey } from './api-key.entity.js';

/** A key as a policy looks at it. */
export function policedKeyOf(key: ApiKey): PolicedKey {
  return {
    environment: key.environment,
    permissions: key.permissions,
    allowedIps: key.allowedIps ?? null,
    createdAtMs: key.createdAt.getTime(),
    expiresAtMs: key.expiresAt?.getTime() ?? null,
  };
}
