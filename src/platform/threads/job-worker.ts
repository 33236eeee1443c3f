import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads';

interface Pending<Reply> {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
}

/** One worker thread that does one job at a time; it keeps the process alive only while it does. */
export class JobWorker<Job, Reply> {
  readonly #worker: Worker;
  readonly #onGone: () => void;
  #pending: Pending<Reply> | undefined;

  /** `onGone` is called once the thread has ended, wanted or not, after its job has been rejected. */
  constructor(entry: URL, heapLimits: ResourceLimits, onGone: () => void) {
    this.#onGone = onGone;
    this.#worker = new Worker(entry, { resourceLimits: heapLimits, execArgv: [], argv: [] });
    this.#worker.on('message', (reply: Reply) => {
      this.#release()?.resolve(reply);
    });
    this.#worker.on('error', (error) => {
      this.#reject(error);
    });
    this.#worker.once('exit', () => {
      this.#reject(new Error('The worker thread stopped before its job was done.'));
      this.#onGone();
    });
    this.#worker.unref();
  }

  /** The thread's answer to the job, whose memory in `transfer` moves along; rejects when the thread dies. */
  perform(job: Job, transfer: readonly Transferable[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(job, transfer);
      this.#worker.ref();
      this.#pending = { resolve, reject };
    });
  }

  /** Ends the thread, and with it the job that it is doing. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #reject(error: unknown): void {
    this.#release()?.reject(error);
  }

  #release(): Pending<Reply> | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#worker.unref();
    return pending;
  }
}
