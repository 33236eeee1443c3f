import { Injectable } from '@nestjs/common';
import { HealthChecks } from '../../platform/telemetry/status/health-checks.js';
import { compressBuffer } from './codec/pool/compress-buffer.js';
import { decompressBuffer } from './codec/pool/decompress-buffer.js';

const SAMPLE = Buffer.from('kindly '.repeat(64));
/** Whose jobs these are in the queue of the codec. */
const OWNER = 'health';

/** Lets the codec show that it works, on a small sample there and back. */
@Injectable()
export class CheckCodecService {
  constructor(checks: HealthChecks) {
    checks.register('compression', roundTrip);
  }
}

async function roundTrip(): Promise<void> {
  const compressed = await compressBuffer(SAMPLE, { algorithm: 'zstd', level: 3 }, OWNER);
  const original = await decompressBuffer(compressed, { algorithm: 'zstd', outputLimitBytes: SAMPLE.length }, OWNER);
  if (!original.equals(SAMPLE)) throw new Error('the codec changed the sample');
}
