import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { JsonBody } from '../../../platform/http/body/index.js';
import { type Algorithm, ALGORITHMS } from '../codec/format/codec-rules.js';
import type { LevelMeasurement } from '../codec/pool/measure-levels.js';
import { CodecClient } from '../codec/codec-client.js';
import { ratioOf, roundTo } from '../usage/figures.view.js';
import { readBase64, readOriginal } from '../request/read-original.js';
import type { Analysis, AnalysisView } from './analysis.dto.js';
import { type Candidate, recommendLevels } from './recommend-levels.js';

/** More would say little more, and the slowest levels take a second for so much already. */
const ANALYZED_BYTES_MAX = 256 * 1024;

/** Tries every algorithm and level on a caller's data. */
@Injectable()
export class AnalyzeCompressionService {
  constructor(private readonly codec: CodecClient) {}

  /** @throws AppError REQ_001 for data that does not fit its encoding, SRV_002 when the owner's queue is full */
  async analyze(
    caller: Principal,
    input: z.infer<typeof Analysis>,
    body: JsonBody,
    signal: AbortSignal,
  ): Promise<z.infer<typeof AnalysisView>> {
    const original =
      input.sample === undefined
        ? readOriginal(input.data, input.encoding ?? 'json', body)
        : readBase64(input.sample, 'sample');
    const analyzed = original.subarray(0, ANALYZED_BYTES_MAX);
    const [first, ...others] = (
      await Promise.all(ALGORITHMS.map((algorithm) => this.measure(caller, algorithm, analyzed, signal)))
    ).flat();
    if (!first) throw new Error('there is no algorithm to recommend');
    return viewAnalysis(original.length, analyzed.length, [first, ...others]);
  }

  private async measure(
    caller: Principal,
    algorithm: Algorithm,
    input: Buffer,
    signal: AbortSignal,
  ): Promise<Candidate[]> {
    const measured = await this.codec.run(caller, { operation: 'measure', algorithm, input }, signal);
    const levels = JSON.parse(measured.toString()) as LevelMeasurement[];
    return levels.map((level) => ({ algorithm, ...level }));
  }
}

function viewAnalysis(
  originalBytes: number,
  analyzedBytes: number,
  candidates: readonly [Candidate, ...Candidate[]],
): z.infer<typeof AnalysisView> {
  const { fast, balanced, small } = recommendLevels(candidates);
  return {
    original_size: originalBytes,
    analyzed_size: analyzedBytes,
    results: candidates.map((candidate) => ({
      ...choiceOf(candidate),
      compressed_size: candidate.sizeBytes,
      ratio: ratioOf(analyzedBytes, candidate.sizeBytes),
      duration_ms: roundTo(candidate.durationMs, 3),
    })),
    recommended: { fast: choiceOf(fast), balanced: choiceOf(balanced), small: choiceOf(small) },
  };
}

function choiceOf({ algorithm, level }: Candidate): { algorithm: Algorithm; level: number } {
  return { algorithm, level };
}
