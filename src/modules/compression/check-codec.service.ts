import { Injectable } from '@nestjs/common';
import { HealthChecks } from '../../platform/status/index.js';
import { compressBuffer, decompressBuffer } from './codec/pool/shared-codec-pool.js';

const SAMPLE = Buffer.from('kindly '.repeat(64));
/** Whose jobs these are in the queue of the codec. */
const OWNER = 'health';

/** Lets the codec show that it works, as one of the health checks: on a small sample there and back. */
@Injectable()
export class CheckCodecService {
  constructor(checks: HealthChecks) {
    checks.register('compression', () => this.check());
  }

  /** Rejects unless the codec gives the sample back. */
  async check(): Promise<void> {
    const compressed = await compressBuffer(SAMPLE, { algorithm: 'zstd', level: 3 }, OWNER);
    const original = await decompressBuffer(compressed, { algorithm: 'zstd', outputLimitBytes: SAMPLE.length }, OWNER);
    if (!original.equals(SAMPLE)) throw new Error('the codec changed the sample');
  }
}
