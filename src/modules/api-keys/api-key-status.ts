import type { ApiKey } from './api-key.entity.js';

/** What may be said of a key at a moment; the first that holds, from the end of this list. */
export const API_KEY_STATUSES = ['active', 'rotating', 'scheduled', 'expired', 'quarantined', 'revoked'] as const;
export type ApiKeyStatus = (typeof API_KEY_STATUSES)[number];

/** The columns that a key's status depends on. */
export type StatusFacts = Pick<ApiKey, 'revokedAt' | 'revokeAt' | 'quarantinedAt' | 'expiresAt' | 'successorId'>;

/** The status of a key at a moment (epoch milliseconds). */
export function statusOf(key: StatusFacts, nowMs: number): ApiKeyStatus {
  if (key.revokedAt || hasPassed(key.revokeAt, nowMs)) return 'revoked';
  if (key.quarantinedAt) return 'quarantined';
  if (hasPassed(key.expiresAt, nowMs)) return 'expired';
  if (key.revokeAt) return key.successorId ? 'rotating' : 'scheduled';
  return 'active';
}

/** Whether a key with this status opens anything. */
export function isLive(status: ApiKeyStatus): boolean {
  return status === 'active' || status === 'rotating' || status === 'scheduled';
}

function hasPassed(moment: Date | null | undefined, nowMs: number): boolean {
  return moment ? moment.getTime() <= nowMs : false;
}
