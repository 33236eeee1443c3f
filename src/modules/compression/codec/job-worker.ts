import { Worker } from 'node:worker_threads';
import type { CodecJob } from './codec-job.js';
import { outputOf } from './codec-reply.js';
import type { CodecReply } from './codec-reply.js';
import { packJob } from './pack-job.js';

// Inputs and outputs are not on the JavaScript heap; what is, is small.
const HEAP_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

interface Pending {
  resolve(output: Buffer): void;
  reject(error: unknown): void;
}

/** One worker thread that does one job at a time; it keeps the process alive only while it does. */
export class JobWorker {
  readonly #worker: Worker;
  readonly #onGone: () => void;
  #pending: Pending | undefined;

  /** `onGone` is called once the thread has ended, wanted or not, after its job has been rejected. */
  constructor(entry: URL, onGone: () => void) {
    this.#onGone = onGone;
    this.#worker = new Worker(entry, { resourceLimits: HEAP_LIMITS, execArgv: [], argv: [] });
    this.#worker.on('message', (reply: CodecReply) => {
      this.#settle(reply);
    });
    this.#worker.on('error', (error) => {
      this.#reject(error);
    });
    this.#worker.once('exit', () => {
      this.#reject(new Error('The compression worker stopped before its job was done.'));
      this.#onGone();
    });
    this.#worker.unref();
  }

  /** The job's output; rejects as the job throws, or when the thread dies. */
  perform(job: CodecJob): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const { job: packed, transfer } = packJob(job);
      this.#worker.postMessage(packed, [...transfer]);
      this.#worker.ref();
      this.#pending = { resolve, reject };
    });
  }

  /** Ends the thread, and with it the job that it is doing. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: CodecReply): void {
    const pending = this.#release();
    try {
      pending?.resolve(outputOf(reply));
    } catch (error) {
      pending?.reject(error);
    }
  }

  #reject(error: unknown): void {
    this.#release()?.reject(error);
  }

  #release(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#worker.unref();
    return pending;
  }
}
