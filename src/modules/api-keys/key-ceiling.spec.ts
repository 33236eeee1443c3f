import { describe, expect, it } from '@jest/globals';
import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  option,
  property,
  record,
  uniqueArray,
} from 'fast-check';
import { grantNames, permissionNames, PermissionSet, type Role } from '../../kernel/access/permission.js';
import { excessOf, type Reach, withinRole } from '../../kernel/access/ceiling.js';
import { QUOTA_PERIODS } from '../../kernel/access/quota.js';
import { SIGNATURE_SCHEMES } from '../../kernel/access/signature-policy.js';
import { parseAddress } from '../../kernel/net/address.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import { reachOfTerms } from './key-ceiling.js';
import { fillTerms, type KeyTerms, type RequestedTerms, SESSION_DEFAULTS } from './key-terms.js';

const ADDRESSES = ['127.0.0.1', '10.1.2.3', '203.0.113.7', '203.0.113.66', '::1', '2001:db8::7', '::ffff:198.51.100.1'];
const RANGES = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '203.0.113.0/24',
  '203.0.113.66',
  '::1',
  '2001:db8::/32',
  '0.0.0.0/0',
  '::/0',
];
const MOMENTS = [1, 2, 3].map((day) => Date.UTC(2030, 0, day));

const ranges = option(uniqueArray(constantFrom(...RANGES), { minLength: 1, maxLength: 3 }), { nil: null });
const maybe = <Value>(values: Arbitrary<Value>) => option(values, { nil: undefined, freq: 1 });

/** What a request may ask for; half of it left out. */
const requests: Arbitrary<RequestedTerms> = record({
  permissions: maybe(uniqueArray(constantFrom(...grantNames()), { minLength: 1, maxLength: 4 })),
  allowedIps: maybe(ranges),
  deniedIps: maybe(ranges),
  expiresAt: maybe(
    oneof(
      constant(null),
      constantFrom(...MOMENTS).map((at) => new Date(at)),
    ),
  ),
  quota: maybe(
    option(record({ limit: integer({ min: 1, max: 3 }), period: constantFrom(...QUOTA_PERIODS) }), { nil: null }),
  ),
  requireSignature: maybe(boolean()),
  minSignature: maybe(option(constantFrom(...SIGNATURE_SCHEMES), { nil: null })),
});

interface Credential {
  readonly terms: KeyTerms;
  readonly counterId: string;
  readonly authority: Reach;
}

function sessionOf(role: Role): Reach {
  return {
    permissions: PermissionSet.ofRole(role),
    networks: NetworkPolicy.unrestricted,
    expiresAt: null,
    quota: null,
    requiredSignature: null,
  };
}

/** Mints as the service does: fill, judge, make; null if it is refused. */
function mint(parent: Credential | null, role: Role, requested: RequestedTerms, id: string): Credential | null {
  const terms = fillTerms(parent?.terms ?? SESSION_DEFAULTS, requested);
  const shared = parent?.authority.quota ? parent.counterId : null;
  if (excessOf(reachOfTerms(terms, shared), parent?.authority ?? sessionOf(role)).length > 0) return null;
  const counterId = shared ?? id;
  return { terms, counterId, authority: withinRole(reachOfTerms(terms, counterId), role) };
}

/** Everything that a credential can be seen to do. */
function powersOf({ permissions, networks, expiresAt, quota, requiredSignature }: Reach): Set<string> {
  const powers = new Set<string>();
  for (const permission of permissionNames()) if (permissions.has(permission)) powers.add(permission);
  for (const text of ADDRESSES) {
    const address = parseAddress(text);
    if (address && networks.admits(address)) powers.add(`from ${text}`);
  }
  for (const moment of [...MOMENTS, Infinity]) if (expiresAt === null || moment < expiresAt) powers.add(`at ${moment}`);
  if (quota === null) powers.add('without a quota');
  if (requiredSignature === null) powers.add('unsigned');
  if (requiredSignature !== 'rfc9421') powers.add('signed with v1');
  return powers;
}

describe('the ceiling', () => {
  const steps = array(record({ parent: integer({ min: 0, max: 30 }), requested: requests }), {
    minLength: 1,
    maxLength: 30,
  });

  it('keeps every descendant of a credential within what that credential can do', () => {
    let minted = 0;
    assert(
      property(constantFrom<Role>('user', 'admin'), steps, (role, tree) => {
        const all: { made: Credential; ancestors: Credential[] }[] = [];
        for (const [index, { parent, requested }] of tree.entries()) {
          const maker = all[parent % (all.length + 1)];
          const made = mint(maker?.made ?? null, role, requested, String(index));
          if (made) all.push({ made, ancestors: maker ? [...maker.ancestors, maker.made] : [] });
        }
        const session = powersOf(sessionOf(role));
        for (const { made, ancestors } of all) {
          const powers = powersOf(made.authority);
          expect(powers.isSubsetOf(session)).toBe(true);
          for (const ancestor of ancestors) {
            minted += 1;
            expect(powers.isSubsetOf(powersOf(ancestor.authority))).toBe(true);
            if (ancestor.authority.quota) {
              expect(made.authority.quota).toMatchObject({
                counterId: ancestor.authority.quota.counterId,
                period: ancestor.authority.quota.period,
              });
              expect(made.authority.quota?.limit).toBeLessThanOrEqual(ancestor.authority.quota.limit);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
    // the property would hold of an empty tree as well
    expect(minted).toBeGreaterThan(200);
  });

  it('names each side on which a key would reach further', () => {
    const limit = reachOfTerms(
      {
        permissions: ['read:compression'],
        allowedIps: ['203.0.113.0/24'],
        deniedIps: null,
        expiresAt: new Date(MOMENTS[0] ?? 0),
        quota: { limit: 1, period: 'day' },
        requireSignature: true,
        minSignature: 'rfc9421',
      },
      'counter',
    );
    const fields = excessOf(reachOfTerms(SESSION_DEFAULTS, 'counter'), limit).map(({ field }) => field);
    expect(fields).toEqual(['permissions', 'allowed_ips', 'expires_at', 'quota', 'require_signature']);
    expect(excessOf(limit, limit)).toEqual([]);
  });

  it('takes a quota of another counter or period, or a weaker scheme, for an excess', () => {
    const terms: KeyTerms = {
      ...SESSION_DEFAULTS,
      quota: { limit: 5, period: 'day' },
      requireSignature: true,
      minSignature: 'rfc9421',
    };
    const limit = reachOfTerms(terms, 'counter');
    const excess = (changes: Partial<KeyTerms>, counterId = 'counter') =>
      excessOf(reachOfTerms({ ...terms, ...changes }, counterId), limit).map(({ field }) => field);
    expect(excess({})).toEqual([]);
    expect(excess({ quota: { limit: 4, period: 'day' } })).toEqual([]);
    expect(excess({}, 'another')).toEqual(['quota']);
    expect(excess({ quota: { limit: 1, period: 'hour' } })).toEqual(['quota']);
    expect(excess({ minSignature: 'v1' })).toEqual(['require_signature']);
    expect(excess({ minSignature: null })).toEqual(['require_signature']);
    expect(excess({ requireSignature: false })).toEqual(['require_signature']);
  });
});
