import { describe, expect, it, jest } from '@jest/globals';
import { InvalidationListeners } from './invalidation-listeners.js';

describe('InvalidationListeners', () => {
  it('tells those who keep things of the kind, by id, and nobody else', () => {
    const listeners = new InvalidationListeners();
    const [keys, dictionaries] = [0, 1].map(() => ({ invalidate: jest.fn(), clear: jest.fn() }));
    if (!keys || !dictionaries) throw new Error('two listeners');
    listeners.add('key', keys);
    listeners.add('dictionary', dictionaries);
    listeners.invalidate('dictionary:7');
    expect(dictionaries.invalidate.mock.calls).toEqual([['7']]);
    expect(keys.invalidate).not.toHaveBeenCalled();
    listeners.clear();
    expect([keys.clear.mock.calls.length, dictionaries.clear.mock.calls.length]).toEqual([1, 1]);
  });
});
