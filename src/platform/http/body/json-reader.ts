import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error.js';
import { JobQueue } from '../../threads/job-queue.js';
import { isMovable, ownCopy } from '../../threads/movable-memory.js';
import { WorkerCrew } from '../../threads/worker-crew.js';
import type { JsonBody } from './json-body.js';
import { bodyOf, type JsonJob, type JsonReply } from './json-job.js';
import { parseJsonBody } from './parse-json-body.js';
import { parseSignedBody, type SignedJsonBody } from './parse-signed-body.js';

/** Up to here a body of nothing but members takes this thread milliseconds; one of 10 MiB takes it seconds. */
const SMALL_BYTES_MAX = 128 * 1024;
/** An owner has one body read at a time, so a second worker leaves others a way past a slow one. */
const WORKERS_MAX = 2;
const MIB = 1024 * 1024;
const WAITING = { queuedPerOwnerMax: 64, queuedBytesPerOwnerMax: 32 * MIB, queuedBytesMax: 128 * MIB };
/** Soon: a worker that has read a large body keeps a large heap. */
const IDLE_MS = 5_000;

interface Entry {
  readonly ownerId: string;
  readonly sizeBytes: number;
  readonly job: JsonJob;
  resolve(reply: JsonReply): void;
  reject(error: unknown): void;
}

/** Reads JSON bodies, large ones on worker threads, so that other requests do not wait for them. Owners take turns. */
@Injectable()
export class JsonReader implements OnApplicationShutdown {
  private readonly crew = new WorkerCrew<JsonJob, JsonReply>({
    entry: new URL('./json.worker.js', import.meta.url),
    heapLimits: {},
    idleMs: IDLE_MS,
  });
  private readonly queue = new JobQueue<Entry>(WAITING, tooManyWaiting);
  private readonly busyOwners = new Set<string>();

  /** Reads a body as {@link parseJsonBody} does. @throws AppError REQ_002, SRV_002 when too much is waiting */
  async read(ownerId: string, bytes: Buffer): Promise<JsonBody> {
    if (bytes.length <= SMALL_BYTES_MAX) return parseJsonBody(bytes);
    return bodyOf(await this.enqueue(ownerId, 'plain', bytes)).body;
  }

  /** Reads a body as {@link parseSignedBody} does. @throws AppError REQ_002, SRV_002 when too much is waiting */
  async readSigned(ownerId: string, bytes: Buffer): Promise<SignedJsonBody> {
    if (bytes.length <= SMALL_BYTES_MAX) return parseSignedBody(bytes);
    return bodyOf(await this.enqueue(ownerId, 'signed', bytes));
  }

  /** Requests have ended by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.crew.close();
  }

  private enqueue(ownerId: string, form: JsonJob['form'], received: Buffer): Promise<JsonReply> {
    const { promise, resolve, reject } = Promise.withResolvers<JsonReply>();
    const bytes = isMovable(received) ? received : ownCopy(received);
    this.queue.push({ ownerId, sizeBytes: bytes.length, job: { form, bytes }, resolve, reject });
    this.dispatch();
    return promise;
  }

  private dispatch(): void {
    while (this.busyOwners.size < WORKERS_MAX) {
      const entry = this.queue.take((ownerId) => !this.busyOwners.has(ownerId));
      if (!entry) return;
      void this.perform(entry);
    }
  }

  private async perform({ ownerId, job, resolve, reject }: Entry): Promise<void> {
    this.busyOwners.add(ownerId);
    const worker = this.crew.take();
    try {
      resolve(await worker.perform(job, [job.bytes.buffer]));
    } catch (error) {
      reject(unavailable({ cause: error, internal: 'a worker ended while it read a body' }));
    }
    this.busyOwners.delete(ownerId);
    this.crew.giveBack(worker);
    this.dispatch();
  }
}

function tooManyWaiting(whose: 'owner' | 'everybody'): AppError {
  const bodies = whose === 'owner' ? 'of your large bodies' : 'large bodies';
  return unavailable({ detail: `Too many ${bodies} are waiting to be read.` });
}

function unavailable(options: { detail?: string; internal?: string; cause?: unknown }): AppError {
  return new AppError('SRV_002', { ...options, headers: { 'Retry-After': '1' } });
}
