import { describe, expect, it } from '@jest/globals';
import { DictionaryCache } from './dictionary-cache.js';

function entry(sizeBytes: number, ownerId = 'owner') {
  return { ownerId, content: Buffer.alloc(sizeBytes) };
}

describe('DictionaryCache', () => {
  it('forgets those used longest ago when it holds too many bytes', () => {
    const cache = new DictionaryCache(100);
    for (const id of ['a', 'b']) cache.put(id, cache.begin(), entry(40));
    expect(cache.find('a')).toBeDefined();
    cache.put('c', cache.begin(), entry(40));
    expect([cache.find('a'), cache.find('b'), cache.find('c')].map(Boolean)).toEqual([true, false, true]);
    cache.put('a', cache.begin(), entry(60));
    expect(cache.find('c')).toBeDefined();
  });

  it('does not keep what was read before an invalidation', () => {
    const cache = new DictionaryCache();
    const begun = cache.begin();
    cache.invalidate('a');
    cache.put('a', begun, entry(1));
    expect(cache.find('a')).toBeUndefined();
    cache.put('a', cache.begin(), entry(1));
    expect(cache.find('a')).toBeDefined();
  });

  it('forgets one when told, and all when something may have been missed', () => {
    const cache = new DictionaryCache(100);
    for (const id of ['a', 'b']) cache.put(id, cache.begin(), entry(40));
    cache.invalidate('a');
    expect([cache.find('a'), cache.find('b')].map(Boolean)).toEqual([false, true]);
    const begun = cache.begin();
    cache.clear();
    cache.put('c', begun, entry(1));
    expect([cache.find('b'), cache.find('c')]).toEqual([undefined, undefined]);
    for (const id of ['d', 'e']) cache.put(id, cache.begin(), entry(50));
    expect([cache.find('d'), cache.find('e')].map(Boolean)).toEqual([true, true]);
  });
});
