import type { Algorithm } from '../codec/format/codec-rules.js';
import type { LevelMeasurement } from '../codec/pool/measure-levels.js';

/** What one algorithm and level made of the data. */
export interface Candidate extends LevelMeasurement {
  readonly algorithm: Algorithm;
}

/** The candidate for each intention. */
export interface Recommendation {
  readonly fast: Candidate;
  readonly balanced: Candidate;
  readonly small: Candidate;
}

/** Bytes a millisecond of 1 Gbit/s, and of 50 Mbit/s. */
const FAST_LINE = 125_000;
const USUAL_LINE = 6_250;

/**
 * Chooses by the time until the data has been compressed and sent: over a fast line that favours quick levels, over a
 * usual one it weighs both, and over an infinitely slow one only the size counts. Takes at least one candidate.
 */
export function recommendLevels(candidates: readonly [Candidate, ...Candidate[]]): Recommendation {
  return {
    fast: least(candidates, ({ durationMs, sizeBytes }) => durationMs + sizeBytes / FAST_LINE),
    balanced: least(candidates, ({ durationMs, sizeBytes }) => durationMs + sizeBytes / USUAL_LINE),
    small: candidates.reduce((best, other) => (isSmaller(other, best) ? other : best)),
  };
}

function least(candidates: readonly [Candidate, ...Candidate[]], cost: (candidate: Candidate) => number): Candidate {
  return candidates.reduce((best, other) => (cost(other) < cost(best) ? other : best));
}

function isSmaller(one: Candidate, other: Candidate): boolean {
  return one.sizeBytes === other.sizeBytes ? one.durationMs < other.durationMs : one.sizeBytes < other.sizeBytes;
}
