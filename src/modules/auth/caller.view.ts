import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { printTime } from '../../platform/http/index.js';
import type { CallerView } from './auth.dto.js';

/** Shows callers their own credential. */
export function viewCaller(caller: Principal, remainingQuota: number | null): z.infer<typeof CallerView> {
  const ends = [caller.expiresAt, caller.credentialExpiresAt].filter((end) => end !== null);
  return {
    method: caller.method,
    subject: caller.userId,
    key_id: caller.keyId ?? null,
    service_account_id: caller.kind === 'service_account' ? caller.credentialId : null,
    client_id: caller.clientId ?? null,
    permissions: caller.permissions.names(),
    expires_at: ends.length > 0 ? printTime(new Date(Math.min(...ends))) : null,
    remaining_quota: remainingQuota,
  };
}
