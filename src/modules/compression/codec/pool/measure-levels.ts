import { type Algorithm, LEVELS } from '../format/codec-rules.js';
import { compressSync } from '../buffers/compress-sync.js';

/** What one level makes of an input, and how long it takes. */
export interface LevelMeasurement {
  readonly level: number;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/** A single run this short says little; the best of a few does. */
const SHORT_MS = 2;
const SHORT_RUNS = 3;

/** Compresses `input` at every level of an algorithm; times are those of the calling thread, the best of three if short. */
export function measureLevels(input: Uint8Array, algorithm: Algorithm): LevelMeasurement[] {
  const { min, max } = LEVELS[algorithm];
  // the first use of a codec pays for memory that later ones find ready
  compressSync(input.subarray(0, 1024), { algorithm, level: min });
  return Array.from({ length: max - min + 1 }, (_, step) => measure(input, algorithm, min + step));
}

function measure(input: Uint8Array, algorithm: Algorithm, level: number): LevelMeasurement {
  let measured = run(input, algorithm, level);
  for (let runs = 1; runs < SHORT_RUNS && measured.durationMs < SHORT_MS; runs += 1) {
    const again = run(input, algorithm, level);
    measured = again.durationMs < measured.durationMs ? again : measured;
  }
  return measured;
}

function run(input: Uint8Array, algorithm: Algorithm, level: number): LevelMeasurement {
  const started = performance.now();
  const { length: sizeBytes } = compressSync(input, { algorithm, level });
  return { level, sizeBytes, durationMs: performance.now() - started };
}
