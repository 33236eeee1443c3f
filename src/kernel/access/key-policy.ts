import type { FieldError } from '../field-error.js';
import { type Grant, WILDCARDS } from './permission.js';

/** What administrators demand of API keys; null and false demand nothing. */
export interface KeyPolicy {
  readonly keyLifeDaysMax: number | null;
  readonly prodKeysNeedIpList: boolean;
  readonly forbidWildcards: boolean;
}

/** What a policy looks at in a key. Times are epoch milliseconds. */
export interface PolicedKey {
  readonly environment: string;
  readonly permissions: readonly Grant[];
  readonly allowedIps: readonly string[] | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
}

const DAY_MS = 86_400_000;

/** The terms of a key that a policy does not allow; an empty list: it is in order. */
export function policyFaults(policy: KeyPolicy, key: PolicedKey): FieldError[] {
  const faults: FieldError[] = [];
  const { keyLifeDaysMax: days } = policy;
  if (days !== null && (key.expiresAtMs === null || key.expiresAtMs - key.createdAtMs > days * DAY_MS)) {
    faults.push({ field: 'expires_at', message: `must lie within ${days} days of the creation of the key` });
  }
  if (policy.prodKeysNeedIpList && key.environment === 'prod' && key.allowedIps === null) {
    faults.push({ field: 'allowed_ips', message: 'must name the addresses that may use a key for production' });
  }
  if (policy.forbidWildcards && key.permissions.some(isWildcard)) {
    faults.push({ field: 'permissions', message: 'must be named one by one' });
  }
  return faults;
}

function isWildcard(grant: Grant): boolean {
  return WILDCARDS.some((wildcard) => wildcard === grant);
}
