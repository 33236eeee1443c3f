import { JobWorker } from './job-worker.js';

/** Workers that are started when first needed, and ended when they have had nothing to do for a while. */
export class WorkerCrew {
  readonly #entry: URL;
  readonly #idleMs: number;
  /** Every live worker, with the timer that will end it while it is idle. */
  readonly #workers = new Map<JobWorker, NodeJS.Timeout | undefined>();
  /** The last to have worked comes first, so that the others can end. */
  readonly #idle: JobWorker[] = [];

  constructor(entry: URL, idleMs: number) {
    this.#entry = entry;
    this.#idleMs = idleMs;
  }

  /** How many workers are alive. */
  get size(): number {
    return this.#workers.size;
  }

  /** An idle worker, or a new one. */
  take(): JobWorker {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      clearTimeout(this.#workers.get(idle));
      this.#workers.set(idle, undefined);
      return idle;
    }
    const worker = new JobWorker(this.#entry, () => {
      this.#forget(worker);
    });
    this.#workers.set(worker, undefined);
    return worker;
  }

  /** Takes back a worker whose job is done; one that has died meanwhile is left out. */
  giveBack(worker: JobWorker): void {
    if (this.#workers.has(worker)) {
      const timer = setTimeout(() => {
        this.#forget(worker);
        void worker.end();
      }, this.#idleMs);
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

  #forget(worker: JobWorker): void {
    clearTimeout(this.#workers.get(worker));
    this.#workers.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) {
      this.#idle.splice(place, 1);
    }
  }
}
