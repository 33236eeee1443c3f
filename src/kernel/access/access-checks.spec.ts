import { describe, expect, it } from '@jest/globals';
import { ACCESS_CHECKS, verdictsOf } from './access-checks.js';

describe('verdictsOf', () => {
  it('names every check once, in order: passed before the one that refused, not reached after it', () => {
    for (const [position, refusedBy] of ACCESS_CHECKS.entries()) {
      const verdicts = verdictsOf(refusedBy);
      expect(verdicts.map(({ check }) => check)).toEqual([...ACCESS_CHECKS]);
      expect(verdicts.filter(({ verdict }) => verdict === 'refused')).toEqual([
        { check: refusedBy, verdict: 'refused' },
      ]);
      expect(verdicts.slice(0, position).every(({ verdict }) => verdict === 'passed')).toBe(true);
      expect(verdicts.slice(position + 1).every(({ verdict }) => verdict === 'not_reached')).toBe(true);
    }
  });
});
