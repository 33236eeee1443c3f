import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PermissionSet } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { AdjustableClock } from '../../kernel/clock.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import { PrincipalCache } from './principal-cache.js';
import type { VerifiedCredential } from './verified-credential.js';

const LIMITS = { sizeMax: 8, ttlMs: 60_000, stampsMax: 50 };

function verified(keyId: string, ownerId = 'alice', credentialExpiresAt: number | null = null): VerifiedCredential {
  const principal: Principal = Object.freeze({
    kind: 'api_key',
    method: 'api_key',
    userId: ownerId,
    role: 'user',
    credentialId: keyId,
    grants: [],
    permissions: PermissionSet.none,
    networks: NetworkPolicy.unrestricted,
    expiresAt: credentialExpiresAt,
    credentialExpiresAt,
  });
  return {
    principal,
    dependsOn: [
      { kind: 'key', id: keyId },
      { kind: 'owner', id: ownerId },
    ],
  };
}

describe('PrincipalCache', () => {
  let monotonicMs: number;
  let clock: AdjustableClock;
  let cache: PrincipalCache;

  beforeEach(() => {
    monotonicMs = 1_000;
    clock = new AdjustableClock();
    cache = new PrincipalCache(LIMITS, clock, () => monotonicMs);
  });

  function fill(digest: string, found: VerifiedCredential): boolean {
    return cache.put(digest, cache.begin(), found);
  }

  it('gives back the very principal that was put, and nothing for another digest', () => {
    const found = verified('k1');
    expect(fill('d1', found)).toBe(true);
    expect(cache.find('d1')).toBe(found.principal);
    expect(cache.find('d2')).toBeNull();
  });

  it('drops what depends on an invalidated subject, and nothing else', () => {
    fill('d1', verified('k1', 'alice'));
    fill('d2', verified('k2', 'alice'));
    fill('d3', verified('k3', 'bob'));
    cache.invalidate('key:k1');
    expect(cache.find('d1')).toBeNull();
    expect(cache.find('d2')).not.toBeNull();
    cache.invalidate('owner:alice');
    expect(cache.find('d2')).toBeNull();
    expect(cache.find('d3')).not.toBeNull();
  });

  it('drops everything when the policy changes', () => {
    fill('d1', verified('k1'));
    const begun = cache.begin();
    cache.invalidate('policy:keys');
    expect(cache.find('d1')).toBeNull();
    expect(cache.put('d2', begun, verified('k2'))).toBe(false);
  });

  it('discards a fill that an invalidation of one of its subjects overtook', () => {
    const begun = cache.begin();
    cache.invalidate('key:k1');
    expect(cache.put('d1', begun, verified('k1'))).toBe(false);
    expect(cache.find('d1')).toBeNull();
  });

  it('keeps a fill that only an invalidation of something else overtook', () => {
    const begun = cache.begin();
    cache.invalidate('key:k2');
    expect(cache.put('d1', begun, verified('k1'))).toBe(true);
    expect(cache.find('d1')).not.toBeNull();
  });

  it('discards a fill that began before the cache was cleared', () => {
    const begun = cache.begin();
    cache.clear();
    expect(cache.put('d1', begun, verified('k1'))).toBe(false);
    expect(fill('d1', verified('k1'))).toBe(true);
  });

  it('takes a fill that began after the invalidation', () => {
    cache.invalidate('key:k1');
    expect(fill('d1', verified('k1'))).toBe(true);
    expect(cache.find('d1')).not.toBeNull();
  });

  it('ends an entry with its credential, by the clock of the application, to the millisecond', () => {
    const end = clock.now() + 5_000;
    clock.set(end - 1_000);
    fill('d1', verified('k1', 'alice', end));
    expect(cache.find('d1')).not.toBeNull();
    clock.set(end);
    expect(cache.find('d1')).toBeNull();
  });

  it('ends an entry after a minute, though its credential never ends and the clock is set back', () => {
    fill('d1', verified('k1'));
    monotonicMs += LIMITS.ttlMs - 1;
    expect(cache.find('d1')).not.toBeNull();
    clock.advance(-86_400_000);
    monotonicMs += 1;
    expect(cache.find('d1')).toBeNull();
  });

  it('never holds more than its limit, and keeps what is in use', () => {
    fill('hot', verified('hot'));
    for (let index = 0; index < 100; index += 1) {
      fill(`d${index}`, verified(`k${index}`));
      expect(cache.find('hot')).not.toBeNull();
      expect(cache.size).toBeLessThanOrEqual(LIMITS.sizeMax);
    }
    expect(cache.find('d0')).toBeNull();
  });

  it('forgets everything, rather than an invalidation, when there are too many to remember', () => {
    const begun = cache.begin();
    fill('d1', verified('k1'));
    for (let index = 0; index <= LIMITS.stampsMax; index += 1) cache.invalidate(`key:other-${index}`);
    expect(cache.find('d1')).toBeNull();
    expect(cache.put('d1', begun, verified('k1'))).toBe(false);
  });

  it('never gives back a principal that has been invalidated since its fill began, in any order of events', () => {
    const keys = fc.nat({ max: 3 });
    const event = fc.oneof(
      fc.record({ what: fc.constant('begin' as const), key: keys }),
      fc.record({ what: fc.constant('put' as const), key: keys }),
      fc.record({ what: fc.constant('find' as const), key: keys }),
      fc.record({ what: fc.constant('revoke' as const), key: keys }),
      fc.record({ what: fc.constant('clear' as const), key: keys }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const subject = new PrincipalCache({ ...LIMITS, sizeMax: 2, stampsMax: 3 }, clock, () => monotonicMs);
        // the model: a key's version in the "database", and the version that each fill under way has read
        const versions = [0, 0, 0, 0];
        const fills = new Map<number, { begun: number; version: number }>();
        const versionOf = new Map<Principal, number>();
        for (const { what, key } of events) {
          if (what === 'begin') fills.set(key, { begun: subject.begin(), version: versions[key] ?? 0 });
          if (what === 'revoke') {
            versions[key] = (versions[key] ?? 0) + 1;
            subject.invalidate(`key:${key}`);
          }
          if (what === 'clear') subject.clear();
          const filling = fills.get(key);
          if (what === 'put' && filling) {
            const found = verified(String(key), `owner-${key}`);
            versionOf.set(found.principal, filling.version);
            subject.put(String(key), filling.begun, found);
          }
          const principal = subject.find(String(key));
          if (principal) expect(versionOf.get(principal)).toBe(versions[key]);
        }
      }),
    );
  });
});
