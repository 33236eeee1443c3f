import { describe, expect, it } from '@jest/globals';
import { masterKeyFrom } from '../../kernel/crypto/seal.js';
import { PendingTags } from './pending-tags.js';

const [OLD, NEW, FOREIGN] = ['old', 'new', 'foreign'].map((name) =>
  masterKeyFrom(`${name}-master-key-`.padEnd(40, 'x')),
);
const ID = '018cf2b8-3c00-7000-8000-000000000001';

function tagsOf(...keys: (typeof OLD)[]): PendingTags {
  return new PendingTags(keys.flatMap((key) => (key ? [key] : [])));
}

describe('PendingTags', () => {
  it('accepts its own tags, for this row and this time only', () => {
    const tags = tagsOf(NEW);
    const tag = tags.tagOf(ID, 1_000);
    expect(tags.isValid(tags.keyId, tag, ID, 1_000)).toBe(true);
    expect(tags.isValid(tags.keyId, tag, ID, 1_001)).toBe(false);
    expect(tags.isValid(tags.keyId, tag, ID.replace('1', '2'), 1_000)).toBe(false);
    expect(tags.isValid(tags.keyId, `00${tag.slice(2)}`, ID, 1_000)).toBe(tag.startsWith('00'));
  });

  it('accepts tags under the earlier master key while both are live, and none under a foreign one', () => {
    const [before, both, foreign] = [tagsOf(OLD), tagsOf(NEW, OLD), tagsOf(FOREIGN)];
    expect(both.isValid(before.keyId, before.tagOf(ID, 5), ID, 5)).toBe(true);
    expect(both.isValid(foreign.keyId, foreign.tagOf(ID, 5), ID, 5)).toBe(false);
    expect(both.isValid(both.keyId, foreign.tagOf(ID, 5), ID, 5)).toBe(false);
    expect(both.keyIds).toEqual([both.keyId, before.keyId]);
  });
});
