import type { ResourceLimits } from 'node:worker_threads';
import { JobWorker } from './job-worker.js';

/** What the workers of a crew run, and how they live. */
export interface CrewOptions {
  /** The compiled worker module. */
  readonly entry: URL;
  readonly heapLimits: ResourceLimits;
  /** A worker without a job ends after this time. */
  readonly idleMs: number;
}

/** Workers that are started when first needed, and ended when they have had nothing to do for a while. */
export class WorkerCrew<Job, Reply> {
  readonly #options: CrewOptions;
  /** Every live worker, with the timer that will end it while it is idle. */
  readonly #workers = new Map<JobWorker<Job, Reply>, NodeJS.Timeout | undefined>();
  /** The last to have worked comes first, so that the others can end. */
  readonly #idle: JobWorker<Job, Reply>[] = [];

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** How many workers are alive. */
  get size(): number {
    return this.#workers.size;
  }

  /** An idle worker, or a new one. */
  take(): JobWorker<Job, Reply> {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      clearTimeout(this.#workers.get(idle));
      this.#workers.set(idle, undefined);
      return idle;
    }
    const worker = new JobWorker<Job, Reply>(this.#options.entry, this.#options.heapLimits, () => {
      this.#forget(worker);
    });
    this.#workers.set(worker, undefined);
    return worker;
  }

  /** Takes back a worker whose job is done; one that has died meanwhile is left out. */
  giveBack(worker: JobWorker<Job, Reply>): void {
    if (this.#workers.has(worker)) {
      const timer = setTimeout(() => {
        this.#forget(worker);
        void worker.end();
      }, this.#options.idleMs);
      this.#workers.set(worker, timer.unref());
      this.#idle.push(worker);
    }
  }

  /** Ends all, with the jobs that they are doing. */
  async close(): Promise<void> {
    const workers = [...this.#workers.keys()];
    for (const worker of workers) {
      this.#forget(worker);
    }
    await Promise.all(workers.map((worker) => worker.end()));
  }

  #forget(worker: JobWorker<Job, Reply>): void {
    clearTimeout(this.#workers.get(worker));
    this.#workers.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) {
      this.#idle.splice(place, 1);
    }
  }
}
