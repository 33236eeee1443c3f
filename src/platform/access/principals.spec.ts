import { beforeEach, describe, expect, it } from '@jest/globals';
import { PermissionSet } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { SystemClock } from '../../kernel/clock.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import type { InvalidationFeed } from './invalidation-feed.js';
import { PrincipalCache } from './principal-cache.js';
import { Principals } from './principals.js';
import type { VerifiedCredential } from './verified-credential.js';

const PRINCIPAL: Principal = Object.freeze({
  kind: 'api_key',
  method: 'api_key',
  userId: 'alice',
  role: 'user',
  credentialId: 'k1',
  grants: [],
  permissions: PermissionSet.none,
  networks: NetworkPolicy.unrestricted,
  expiresAt: null,
  credentialExpiresAt: null,
});
const FOUND: VerifiedCredential = { principal: PRINCIPAL, dependsOn: [{ kind: 'key', id: 'k1' }] };

/** A database that answers when the test says so. */
class Asked {
  readonly answers: PromiseWithResolvers<VerifiedCredential>[] = [];

  readonly ask = (): Promise<VerifiedCredential> => {
    const answer = Promise.withResolvers<VerifiedCredential>();
    this.answers.push(answer);
    return answer.promise;
  };
}

describe('Principals', () => {
  let isCurrent: boolean;
  let cache: PrincipalCache;
  let principals: Principals;
  let asked: Asked;

  beforeEach(() => {
    isCurrent = true;
    cache = new PrincipalCache({ sizeMax: 10, ttlMs: 60_000, stampsMax: 10 }, new SystemClock(), () => 0);
    principals = new Principals(cache, { isCurrent: () => isCurrent } as InvalidationFeed);
    asked = new Asked();
  });

  it('asks once for requests that come together, then not at all', async () => {
    const together = [principals.verify('d', asked.ask), principals.verify('d', asked.ask)];
    expect(asked.answers).toHaveLength(1);
    asked.answers[0]?.resolve(FOUND);
    expect(await Promise.all(together)).toEqual([PRINCIPAL, PRINCIPAL]);
    expect(principals.find('d')).toBe(PRINCIPAL);
  });

  it('remembers no refusal: the next request asks again', async () => {
    const refused = principals.verify('d', asked.ask);
    asked.answers[0]?.reject(new Error('no such key'));
    await expect(refused).rejects.toThrow('no such key');
    expect(principals.find('d')).toBeNull();
    const accepted = principals.verify('d', asked.ask);
    expect(asked.answers).toHaveLength(2);
    asked.answers[1]?.resolve(FOUND);
    expect(await accepted).toBe(PRINCIPAL);
  });

  it('lets no request that comes after an invalidation wait for an answer that may be older', async () => {
    const before = principals.verify('d', asked.ask);
    cache.invalidate('key:k1');
    const after = principals.verify('d', asked.ask);
    expect(asked.answers).toHaveLength(2);
    asked.answers[1]?.reject(new Error('revoked'));
    asked.answers[0]?.resolve(FOUND);
    await expect(after).rejects.toThrow('revoked');
    expect(await before).toBe(PRINCIPAL);
    expect(principals.find('d')).toBeNull();
  });

  it('asks for every single request while the cache is not trusted, whatever it holds', async () => {
    cache.put('d', cache.begin(), FOUND);
    isCurrent = false;
    expect(principals.find('d')).toBeNull();
    const first = principals.verify('d', asked.ask);
    const second = principals.verify('d', asked.ask);
    expect(asked.answers).toHaveLength(2);
    for (const { resolve } of asked.answers) resolve(FOUND);
    await Promise.all([first, second]);
  });
});
