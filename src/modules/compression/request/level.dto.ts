import { z } from 'zod';
import { type Algorithm, ALGORITHMS, LEVELS } from '../codec/format/codec-rules.js';

/** Names for levels, by intention; each algorithm has its own number for each of them. */
export const LEVEL_NAMES = ['fast', 'balanced', 'small'] as const;

/** A level as a client may give it. */
export type LevelInput = number | (typeof LEVEL_NAMES)[number];

export const AlgorithmInput = z.enum(ALGORITHMS).default('zstd');

/** What may be asked for, for people to read: `zstd 1–19 (3; fast 1, balanced 6, small 19)`. */
export const LEVELS_DESCRIPTION = ALGORITHMS.map((algorithm) => {
  const { min, max, default: usual, fast, balanced, small } = LEVELS[algorithm];
  return `${algorithm} ${min}–${max} (${usual}; fast ${fast}, balanced ${balanced}, small ${small})`;
}).join(', ');

const LEVEL_SENTENCE = `must be a whole number, or one of: ${LEVEL_NAMES.join(', ')}`;

/** A level in a JSON body. */
export const LevelField = z
  .union([z.int(), z.enum(LEVEL_NAMES)], { error: LEVEL_SENTENCE })
  .optional()
  .meta({ description: `${LEVELS_DESCRIPTION}.` });

/** A level in a query string. */
export const LevelParameter = z
  .union(
    [
      z.enum(LEVEL_NAMES),
      z
        .string()
        .regex(/^\d{1,2}$/)
        .meta({ maxLength: 2 })
        .transform(Number),
    ],
    { error: LEVEL_SENTENCE },
  )
  .optional()
  .meta({ type: 'string', maxLength: 8, description: `${LEVELS_DESCRIPTION}.` });

/** The number of a level; without one the algorithm's default. */
export function levelNumber(algorithm: Algorithm, level: LevelInput | undefined): number {
  if (level === undefined) return LEVELS[algorithm].default;
  return typeof level === 'number' ? level : LEVELS[algorithm][level];
}

/** Adds an issue to a schema for a level that its algorithm does not have. */
export function checkLevel(
  { algorithm, level }: { algorithm: Algorithm; level?: LevelInput | undefined },
  context: z.core.$RefinementCtx,
): void {
  const { min, max } = LEVELS[algorithm];
  const number = levelNumber(algorithm, level);
  if (number >= min && number <= max) return;
  context.addIssue({ code: 'custom', path: ['level'], message: `must be from ${min} to ${max} for ${algorithm}` });
}
