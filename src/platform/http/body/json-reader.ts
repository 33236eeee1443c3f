import type { OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error.js';
import { isMovable, JobQueue, ownCopy, WorkerCrew } from '../../threads/index.js';
import type { JsonBody } from './json-body.js';
import { bodyOf, type JsonJob, type JsonReply } from './json-job.js';
import { parseJsonBody } from './parse-json-body.js';
import { requireJsonText } from './require-json-text.js';
import { parseSignedBody, type SignedJsonBody } from './parse-signed-body.js';

/** Up to here a body of nothing but members takes this thread milliseconds; one of 10 MiB takes it seconds. */
const SMALL_BYTES_MAX = 128 * 1024;
const MIB = 1024 * 1024;
const WAITING = { queuedPerOwnerMax: 64, queuedBytesPerOwnerMax: 32 * MIB, queuedBytesMax: 128 * MIB };
/** Soon: a worker that has read a large body keeps a large heap. */
const IDLE_MS = 5_000;

/** Whatever a body of 10 MiB is made of, half a gigabyte of heap is enough to read it. */
const HEAP_FACTOR = 48;
const HEAP_BASE_MIB = 64;
/** However small the limit of bodies: what was decompressed is read too. */
const TEXT_BYTES_MAX = 16 * MIB;
const WORKER_ENTRY = new URL('./json.worker.js', import.meta.url);

/** Bodies of up to `smallBytesMax` are read on the calling thread; `workerEntry` is the compiled worker module. */
export interface JsonReaderOptions {
  readonly bodyLimitBytes: number;
  readonly smallBytesMax?: number;
  readonly workerEntry?: URL;
}

interface Entry {
  readonly ownerId: string;
  readonly sizeBytes: number;
  readonly job: JsonJob;
  readonly resolve: (reply: JsonReply) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads JSON bodies, large ones on a worker thread, so that other requests do not wait for them. Owners take turns. */
export class JsonReader implements OnApplicationShutdown {
  private readonly crew: WorkerCrew<JsonJob, JsonReply>;
  private readonly smallBytesMax: number;
  private readonly queue = new JobQueue<Entry>(WAITING, tooManyWaiting);
  private isBusy = false;

  constructor({ bodyLimitBytes, smallBytesMax = SMALL_BYTES_MAX, workerEntry = WORKER_ENTRY }: JsonReaderOptions) {
    this.smallBytesMax = smallBytesMax;
    const sizeMib = Math.ceil(Math.max(bodyLimitBytes, TEXT_BYTES_MAX) / MIB);
    const heapLimits = { maxOldGenerationSizeMb: HEAP_BASE_MIB + HEAP_FACTOR * sizeMib };
    this.crew = new WorkerCrew({ entry: workerEntry, heapLimits, idleMs: IDLE_MS });
  }

  /** Reads a body as {@link parseJsonBody} does. @throws AppError REQ_002, SRV_002 when too much is waiting */
  async read(ownerId: string, bytes: Buffer): Promise<JsonBody> {
    if (bytes.length <= this.smallBytesMax) return parseJsonBody(bytes);
    return bodyOf(await this.enqueue(ownerId, 'plain', bytes)).body;
  }

  /** Reads a body as {@link parseSignedBody} does. @throws AppError REQ_002, SRV_002 when too much is waiting */
  async readSigned(ownerId: string, bytes: Buffer): Promise<SignedJsonBody> {
    if (bytes.length <= this.smallBytesMax) return parseSignedBody(bytes);
    return bodyOf(await this.enqueue(ownerId, 'signed', bytes));
  }

  /** Makes sure that bytes, which may move away, are JSON of whatever shape. @throws AppError REQ_002, SRV_002 */
  async requireText(ownerId: string, bytes: Buffer): Promise<void> {
    if (bytes.length <= this.smallBytesMax) requireJsonText(bytes);
    else bodyOf(await this.enqueue(ownerId, 'text', bytes));
  }

  /** Requests have ended by now; what is left of their bodies is not read. */
  async onApplicationShutdown(): Promise<void> {
    for (let entry = this.queue.take(); entry; entry = this.queue.take()) {
      entry.reject(unavailable({ internal: 'the server is shutting down' }));
    }
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
    // one at a time: reading 10 MiB takes hundreds of megabytes
    const entry = this.isBusy ? undefined : this.queue.take();
    if (entry) void this.perform(entry);
  }

  private async perform({ job, resolve, reject }: Entry): Promise<void> {
    this.isBusy = true;
    const worker = this.crew.take();
    try {
      resolve(await worker.perform(job, [job.bytes.buffer]));
    } catch (error) {
      reject(unavailable({ cause: error, internal: 'a worker ended while it read a body' }));
    }
    this.isBusy = false;
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
