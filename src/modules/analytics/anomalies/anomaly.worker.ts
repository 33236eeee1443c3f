import { Inject, Injectable } from '@nestjs/common';
import { LOG, type Log } from '../../../platform/log/index.js';
import { type Worker, WorkLoop, Workers } from '../../../platform/work/index.js';
import { AnomalyDetector } from './anomaly-detector.js';

/** Time between two searches of a process, in milliseconds. */
const INTERVAL_MS = 2_000;

/** Lets this process search for anomalies, again and again. */
@Injectable()
export class AnomalyWorker implements Worker {
  private readonly loop = new WorkLoop(
    () => this.step(),
    (error) => this.log.warn({ err: error }, 'anomalies are looked for again in the next run'),
  );
  private nextSearchMs = 0;

  constructor(
    workers: Workers,
    private readonly detector: AnomalyDetector,
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  /** Every event wakes all workers; there is nothing new to be found that often. */
  wake(): void {
    if (performance.now() >= this.nextSearchMs) this.loop.wake();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async step(): Promise<boolean> {
    this.nextSearchMs = performance.now() + INTERVAL_MS;
    await this.detector.detect();
    return false;
  }
}
