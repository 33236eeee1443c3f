import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Grant, grantNames, permissionNames, PermissionSet } from './permission.js';

const PERMISSIONS = permissionNames();
const grants = fc.array(fc.constantFrom(...grantNames()), { maxLength: 8 });
const sets = grants.map((list) => PermissionSet.ofGrants(list));
const NAMED_ONLY = PERMISSIONS.filter(
  (permission) =>
    permission.startsWith('admin:') ||
    ['write:keys', 'write:service_accounts', 'write:oauth_clients', 'verify:keys'].includes(permission),
);

/** The same laws on plain sets, as a model. */
function model(list: readonly Grant[]): Set<string> {
  return new Set(
    list.flatMap((grant) => {
      if (grant === '*') return PERMISSIONS.filter((permission) => !NAMED_ONLY.includes(permission));
      if (grant === 'read:*') return PERMISSIONS.filter((permission) => permission.startsWith('read:'));
      if (grant === 'write:*') {
        return PERMISSIONS.filter((permission) => permission.startsWith('write:') && !NAMED_ONLY.includes(permission));
      }
      return [grant];
    }),
  );
}

describe('PermissionSet', () => {
  it('means by a list of grants what the model means', () => {
    fc.assert(
      fc.property(grants, (list) => {
        const expected = model(list);
        expect(new Set(PermissionSet.ofGrants(list).names())).toEqual(expected);
        for (const permission of PERMISSIONS) {
          expect(PermissionSet.ofGrants(list).has(permission)).toBe(expected.has(permission));
        }
      }),
    );
  });

  it('never covers a minting, probing or administrator permission by a wildcard', () => {
    const wildcards = PermissionSet.ofGrants(['*', 'read:*', 'write:*']);
    for (const permission of NAMED_ONLY) expect(wildcards.has(permission)).toBe(false);
    expect(wildcards.has('write:compression')).toBe(true);
    expect(wildcards.has('read:keys')).toBe(true);
  });

  it('keeps the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(a.includes(a.intersect(b))).toBe(true);
        expect(b.includes(a.intersect(b))).toBe(true);
        expect(a.intersect(b).names()).toEqual(b.intersect(a).names());
        expect(a.minus(b).intersect(b).names()).toEqual([]);
        expect(a.includes(b)).toBe(b.minus(a).names().length === 0);
        expect(a.includes(PermissionSet.none)).toBe(true);
      }),
    );
  });

  it('gives a user everything but administration, and an administrator everything', () => {
    expect(PermissionSet.ofRole('admin').names()).toEqual([...PERMISSIONS]);
    expect(PermissionSet.ofRole('user').names()).toEqual(PERMISSIONS.filter((p) => !p.startsWith('admin:')));
  });

  it('has a bit of its own for each permission', () => {
    for (const permission of PERMISSIONS) {
      expect(PermissionSet.ofGrants([permission]).names()).toEqual([permission]);
    }
  });
});
