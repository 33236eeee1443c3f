import { describe, expect, it } from '@jest/globals';
import { NetworkPolicy } from '../net/network-policy.js';
import { excessOf, type Reach } from './ceiling.js';
import { type Grant, PermissionSet } from './permission.js';

function authority(grants: Grant[], allowed: string[] | null = null, expiresAt: number | null = null): Reach {
  return {
    permissions: PermissionSet.ofGrants(grants),
    networks: NetworkPolicy.of({ allowed }),
    expiresAt,
    quota: null,
    requiredSignature: null,
  };
}

describe('excessOf', () => {
  const caller = authority(['read:*', 'write:keys'], ['203.0.113.0/24'], 1_000);

  it('finds nothing in what lies within, to the very edge', () => {
    expect(excessOf(caller, caller)).toEqual([]);
    expect(excessOf(authority(['read:keys'], ['203.0.113.4'], 999), caller)).toEqual([]);
  });

  it('names the permissions that go beyond', () => {
    const [fault] = excessOf(authority(['read:keys', 'write:compression'], ['203.0.113.4'], 1), caller);
    expect(fault).toMatchObject({ field: 'permissions', message: expect.stringContaining('write:compression') });
    expect(fault?.message).not.toContain('read:keys');
  });

  it('does not let a wildcard carry what the caller was not given by name', () => {
    expect(excessOf(authority(['*']), authority(['*', 'write:keys']))).toEqual([]);
    expect(excessOf(authority(['*', 'verify:keys']), authority(['*', 'write:keys']))).toHaveLength(1);
  });

  it('finds a network that is wider by a single address', () => {
    expect(excessOf(authority([], ['203.0.113.0/24', '198.51.100.1'], 1), caller)).toMatchObject([
      { field: 'allowed_ips' },
    ]);
    expect(excessOf(authority([], null, 1), caller)).toMatchObject([{ field: 'allowed_ips' }]);
  });

  it('finds a life that is longer, endless included', () => {
    for (const end of [1_001, null]) {
      expect(excessOf(authority([], ['203.0.113.4'], end), caller)).toMatchObject([{ field: 'expires_at' }]);
    }
  });

  it('sets no limit where the caller has none', () => {
    expect(excessOf(authority(['*'], null, null), authority(['*'], null, null))).toEqual([]);
  });
});
