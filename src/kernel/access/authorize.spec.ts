import { describe, expect, it } from '@jest/globals';
import { type IpAddress, parseAddress } from '../net/address.js';
import { NetworkPolicy } from '../net/network-policy.js';
import { authorize } from './authorize.js';
import { PermissionSet } from './permission.js';
import type { Principal } from './principal.js';

const HOME = parseAddress('203.0.113.7') as IpAddress;
const ELSEWHERE = parseAddress('198.51.100.1') as IpAddress;

function caller(fields: Partial<Principal> = {}): Principal {
  return {
    kind: 'api_key',
    method: 'api_key',
    userId: 'u',
    role: 'user',
    credentialId: 'c',
    grants: ['read:keys'],
    permissions: PermissionSet.ofGrants(['read:keys']),
    networks: NetworkPolicy.of({ allowed: ['203.0.113.0/24'] }),
    expiresAt: null,
    credentialExpiresAt: null,
    ...fields,
  };
}

describe('authorize', () => {
  it('opens a public route to anyone, a bad address included', () => {
    expect(authorize(null, null, { kind: 'public' })).toEqual({ allowed: true });
    expect(authorize(caller(), ELSEWHERE, { kind: 'public' })).toEqual({ allowed: true });
  });

  it.each([{ kind: 'credential' }, { kind: 'session' }, { kind: 'permissions', permissions: ['read:keys'] }] as const)(
    'asks a stranger for a credential: %j',
    (requirement) => {
      expect(authorize(null, HOME, requirement)).toMatchObject({ allowed: false, code: 'AUTH_008' });
    },
  );

  it('refuses a credential from an address that it does not admit, and from an unknown one', () => {
    for (const address of [ELSEWHERE, null]) {
      expect(authorize(caller(), address, { kind: 'credential' })).toMatchObject({ allowed: false, code: 'AUTH_005' });
    }
    expect(authorize(caller(), HOME, { kind: 'credential' })).toEqual({ allowed: true });
  });

  it('keeps account routes to sessions, whatever else a credential may do', () => {
    const everything = caller({ permissions: PermissionSet.ofRole('admin') });
    expect(authorize(everything, HOME, { kind: 'session' })).toMatchObject({ code: 'AUTH_009', missing: 'session' });
    expect(authorize(caller({ kind: 'session' }), HOME, { kind: 'session' })).toEqual({ allowed: true });
  });

  it('needs every permission, and names the first that is missing', () => {
    expect(authorize(caller(), HOME, { kind: 'permissions', permissions: ['read:keys'] })).toEqual({ allowed: true });
    expect(
      authorize(caller(), HOME, { kind: 'permissions', permissions: ['read:keys', 'write:keys', 'admin:keys'] }),
    ).toMatchObject({
      allowed: false,
      code: 'AUTH_009',
      missing: 'write:keys',
      detail: expect.stringContaining('write:keys'),
    });
  });
});
