import { describe, expect, it } from '@jest/globals';
import { type KeyPolicy, type PolicedKey, policyFaults } from './key-policy.js';

const DAY_MS = 86_400_000;
const LAX: KeyPolicy = { keyLifeDaysMax: null, prodKeysNeedIpList: false, forbidWildcards: false };
const OPEN: PolicedKey = {
  environment: 'prod',
  permissions: ['*'],
  allowedIps: null,
  createdAtMs: 0,
  expiresAtMs: null,
};

function fieldsOf(policy: Partial<KeyPolicy>, key: Partial<PolicedKey>): string[] {
  return policyFaults({ ...LAX, ...policy }, { ...OPEN, ...key }).map(({ field }) => field);
}

describe('policyFaults', () => {
  it('finds nothing wrong with the widest key while nothing is demanded', () => {
    expect(policyFaults(LAX, OPEN)).toEqual([]);
  });

  it('allows a life of exactly the longest length, not a millisecond more, and no endless one', () => {
    const policy = { keyLifeDaysMax: 30 };
    expect(fieldsOf(policy, { createdAtMs: 5, expiresAtMs: 5 + 30 * DAY_MS })).toEqual([]);
    expect(fieldsOf(policy, { createdAtMs: 5, expiresAtMs: 6 + 30 * DAY_MS })).toEqual(['expires_at']);
    expect(fieldsOf(policy, { expiresAtMs: null })).toEqual(['expires_at']);
  });

  it('demands a list of addresses of keys for production only', () => {
    const policy = { prodKeysNeedIpList: true };
    expect(fieldsOf(policy, {})).toEqual(['allowed_ips']);
    expect(fieldsOf(policy, { allowedIps: ['192.0.2.1/32'] })).toEqual([]);
    expect(fieldsOf(policy, { environment: 'dev' })).toEqual([]);
  });

  it.each([['*'], ['read:*'], ['write:*']] as const)('takes %s for a wildcard, among others too', (wildcard) => {
    expect(fieldsOf({ forbidWildcards: true }, { permissions: ['read:keys', wildcard] })).toEqual(['permissions']);
    expect(fieldsOf({ forbidWildcards: true }, { permissions: ['read:keys'] })).toEqual([]);
  });

  it('names every fault, not the first alone', () => {
    const strict = { keyLifeDaysMax: 1, prodKeysNeedIpList: true, forbidWildcards: true };
    expect(fieldsOf(strict, {})).toEqual(['expires_at', 'allowed_ips', 'permissions']);
  });
});
