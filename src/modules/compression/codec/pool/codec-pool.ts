import { JobQueue, WorkerCrew } from '../../../../platform/threads/index.js';
import { CodecBusyError } from '../format/codec.errors.js';
import { type CodecJob, jobBytes, performIfSmall } from './perform-job.js';
import type { CompressOptions } from '../format/codec-rules.js';
import { CODEC_POOL_LIMITS, type CodecPoolLimits } from './codec-pool.policy.js';
import { type CodecReply, packJob, unpackReply } from './pack-job.js';
import { StreamCounter } from './stream-counter.js';

// Inputs and outputs are not on the JavaScript heap; what is, is small.
const HEAP_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

interface Entry {
  readonly ownerId: string;
  readonly sizeBytes: number;
  readonly job: CodecJob;
  readonly signal: AbortSignal | undefined;
  resolve(output: Promise<Buffer> | Buffer): void;
  reject(error: unknown): void;
}

/**
 * Runs jobs on worker threads of its own, so that they take neither the event loop nor the libuv pool, where passwords
 * are hashed. Owners are served in rotation; a job that runs long does not hold up the others for longer than `overtimeMs`.
 */
export class CodecPool {
  private readonly limits: CodecPoolLimits;
  private readonly workers: WorkerCrew<CodecJob, CodecReply>;
  private readonly streams: StreamCounter;
  private readonly queue: JobQueue<Entry>;
  /** The running entries, with the time (ms) at which each began. */
  private readonly running = new Map<Entry, number>();
  private overtimeCheck: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** `workerEntry` is the compiled worker module. */
  constructor(limits: Partial<CodecPoolLimits> = {}, workerEntry: URL = new URL('./codec.worker.js', import.meta.url)) {
    this.limits = { ...CODEC_POOL_LIMITS, ...limits };
    this.workers = new WorkerCrew({ entry: workerEntry, heapLimits: HEAP_LIMITS, idleMs: this.limits.idleMs });
    this.streams = new StreamCounter(this.limits);
    this.queue = new JobQueue(this.limits, busyError);
  }

  /** How many worker threads are alive. */
  get workerCount(): number {
    return this.workers.size;
  }

  /**
   * The job's output. Rejects with CodecBusyError when too much is waiting, as the job's operation throws, and with the
   * signal's reason once it is aborted: the job then leaves the queue, or its worker ends with it.
   */
  async run(ownerId: string, job: CodecJob, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    return performIfSmall(job) ?? (await this.enqueue(ownerId, job, signal));
  }

  /**
   * Counts a stream of the owner as open until the returned function is called; throws CodecBusyError. Streams work on
   * the libuv pool in pieces of one chunk; `options` tells the pool those whose pieces are long.
   */
  acquireStream(ownerId: string, options?: Pick<CompressOptions, 'algorithm' | 'level'>): () => void {
    return this.streams.acquire(ownerId, options);
  }

  /** How many streams are open. */
  get openStreams(): number {
    return this.streams.open;
  }

  /** Ends the workers; what waits or runs is rejected, and so is what comes later. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.overtimeCheck);
    for (let entry = this.queue.take(); entry !== undefined; entry = this.queue.take()) {
      entry.reject(closedError());
    }
    await this.workers.close();
  }

  private enqueue(ownerId: string, job: CodecJob, signal: AbortSignal | undefined): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        throw closedError();
      }
      const entry: Entry = { ownerId, job, signal, sizeBytes: jobBytes(job), resolve, reject };
      this.queue.push(entry);
      this.dispatch();
      signal?.addEventListener('abort', () => {
        if (this.queue.remove(entry)) {
          reject(signal.reason);
        }
      });
    });
  }

  private dispatch(): void {
    for (let entry = this.next(); entry !== undefined; entry = this.next()) {
      void this.perform(entry);
    }
    this.watchOvertime();
  }

  private next(): Entry | undefined {
    if (this.running.size < this.limits.workersMax) {
      return this.queue.take();
    }
    if (this.running.size < this.limits.workersMax + this.overtimeWorkers()) {
      const busyOwners = new Set([...this.running.keys()].map((entry) => entry.ownerId));
      return this.queue.take((ownerId) => !busyOwners.has(ownerId));
    }
    return undefined;
  }

  private async perform(entry: Entry): Promise<void> {
    const worker = this.workers.take();
    const endWorker = (): void => void worker.end();
    this.running.set(entry, performance.now());
    entry.signal?.addEventListener('abort', endWorker);
    try {
      const { job, transfer } = packJob(entry.job);
      entry.resolve(unpackReply(await worker.perform(job, transfer)));
    } catch (error) {
      entry.reject(entry.signal?.aborted === true ? entry.signal.reason : error);
    }
    entry.signal?.removeEventListener('abort', endWorker);
    this.running.delete(entry);
    this.workers.giveBack(worker);
    if (!this.isClosed) {
      this.dispatch();
    }
  }

  /** For each job in overtime another worker may begin, as far as the limit for that goes. */
  private overtimeWorkers(): number {
    const now = performance.now();
    const late = [...this.running.values()].filter((start) => now - start >= this.limits.overtimeMs);
    return Math.min(late.length, this.limits.overtimeWorkersMax);
  }

  private watchOvertime(): void {
    clearTimeout(this.overtimeCheck);
    if (!this.queue.isEmpty) {
      this.overtimeCheck = setTimeout(() => {
        this.dispatch();
      }, this.limits.overtimeMs).unref();
    }
  }
}

function busyError(whose: 'owner' | 'everybody'): CodecBusyError {
  const work = whose === 'owner' ? 'of your compression work' : 'compression work';
  return new CodecBusyError(`Too much ${work} is waiting already.`);
}

function closedError(): Error {
  return new Error('The compression pool is closed.');
}
