import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ALGORITHMS } from '../codec/format/codec-rules.js';
import { type Candidate, recommendLevels } from './recommend-levels.js';

function candidate(algorithm: Candidate['algorithm'], level: number, sizeBytes: number, durationMs: number): Candidate {
  return { algorithm, level, sizeBytes, durationMs };
}

const QUICK = candidate('zstd', 1, 100_000, 1);
const USUAL = candidate('zstd', 6, 60_000, 5);
const THOROUGH = candidate('brotli', 11, 50_000, 400);

describe('recommend', () => {
  it('weighs time against size by intention', () => {
    expect(recommendLevels([THOROUGH, USUAL, QUICK])).toEqual({ fast: QUICK, balanced: USUAL, small: THOROUGH });
  });

  it('takes the quicker of two that are equally small', () => {
    const slower = candidate('brotli', 10, 50_000, 900);
    expect(recommendLevels([slower, THOROUGH, QUICK]).small).toBe(THOROUGH);
  });

  it('never takes one that another beats in both size and time', () => {
    const some = fc.array(
      fc.record({
        algorithm: fc.constantFrom(...ALGORITHMS),
        level: fc.nat(19),
        sizeBytes: fc.nat(1_000_000),
        durationMs: fc.nat(10_000),
      }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(some, ([first, ...others]) => {
        if (!first) return;
        const all = [first, ...others];
        for (const chosen of Object.values(recommendLevels([first, ...others])) as Candidate[]) {
          const better = all.some((one) => one.sizeBytes < chosen.sizeBytes && one.durationMs < chosen.durationMs);
          expect(better).toBe(false);
        }
      }),
    );
  });
});
