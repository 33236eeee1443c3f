import { describe, expect, it } from '@jest/globals';
import type { RefusalKind } from './refusal-kinds.js';
import { type CountedRefusal, RefusalWindows } from './refusal-windows.js';

const KIND: RefusalKind = { summaryType: 'access.denied_flood', isSingly: true, threshold: 1 };

function refusal(credentialId: string, code = 'AUTH_009'): CountedRefusal {
  return { subject: { ownerId: 'owner', kind: 'api_key', credentialId }, kind: KIND, code, facts: {} };
}

describe('RefusalWindows', () => {
  it('counts each credential and code apart, for a minute from the first refusal', () => {
    const windows = new RefusalWindows();
    expect(windows.count(refusal('a'), 0).count).toBe(1);
    expect(windows.count(refusal('a'), 59_999)).toMatchObject({ count: 2, sinceMs: 0, untilMs: 59_999 });
    expect(windows.count(refusal('b'), 59_999).count).toBe(1);
    expect(windows.count(refusal('a', 'AUTH_011'), 59_999).count).toBe(1);
    expect(windows.takeClosed(59_999)).toEqual([]);
    expect(windows.takeClosed(60_000)).toMatchObject([{ code: 'AUTH_009', count: 2 }]);
    expect(windows.count(refusal('a'), 60_001).count).toBe(1);
  });

  it('closes the oldest early rather than grow without end, and loses none of its count', () => {
    const windows = new RefusalWindows(2);
    windows.count(refusal('a'), 0);
    windows.count(refusal('a'), 1);
    windows.count(refusal('b'), 2);
    windows.count(refusal('c'), 3);
    expect(windows.takeClosed(3)).toMatchObject([{ subject: { credentialId: 'a' }, count: 2 }]);
    expect(windows.takeClosed(Infinity).map(({ subject }) => subject.credentialId)).toEqual(['b', 'c']);
  });
});
