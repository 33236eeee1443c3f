import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database, LISTEN_URL, ListenConnection } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import type { Worker } from './worker.js';

/** The NOTIFY channel by which processes that do not work themselves wake those that do. */
const WORK_CHANNEL = 'kindly_work';

/** How long a wake-up may be late when its notification was lost, in milliseconds. */
const POLL_INTERVAL_MS = 1_000;

/** Wake-ups of so many milliseconds are told in one notification: each takes a lock of the whole server as it commits. */
const NOTIFY_DELAY_MS = 10;

/**
 * The background work of this process, if it is one that works. A wake-up is only a hint that saves waiting: what has to
 * be done stands in tables, and is found by the next poll when the hint is lost.
 */
@Injectable()
export class Workers implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly workers: Worker[] = [];
  private connection: ListenConnection | null = null;
  private poll: NodeJS.Timeout | null = null;
  private notification: NodeJS.Timeout | null = null;
  private stopped: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    @Inject(LISTEN_URL) private readonly listenUrl: string,
    @Inject(LOG) private readonly log: Log,
  ) {}

  register(worker: Worker): void {
    this.workers.push(worker);
  }

  /** Makes this process one that works. */
  start(): void {
    this.connection = new ListenConnection(this.listenUrl, [WORK_CHANNEL], {
      listening: () => this.wake(),
      notified: () => this.wake(),
      lost: (reason) => this.log.warn({ reason: reason.message }, 'wake-ups may be missed: work is polled for'),
    });
    this.connection.start();
    this.poll = setInterval(() => this.wake(), POLL_INTERVAL_MS);
  }

  /** Wakes this process's workers. */
  wake(): void {
    if (this.poll) for (const worker of this.workers) worker.wake();
  }

  /** Wakes the workers, wherever they are, once the transaction has committed. */
  wakeAfterCommit(em: EntityManager): void {
    this.database.afterCommit(em, () => {
      if (this.poll) this.wake();
      else this.notification ??= setTimeout(() => this.notify(), NOTIFY_DELAY_MS).unref();
    });
  }

  beforeApplicationShutdown(): void {
    if (this.poll) clearInterval(this.poll);
    this.poll = null;
    this.connection?.stop();
    this.stopped = Promise.all(this.workers.map((worker) => worker.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stopped;
  }

  private notify(): void {
    this.notification = null;
    this.database
      .query({ name: 'wake-workers', text: 'select pg_notify($1, $2)' }, [WORK_CHANNEL, ''])
      .catch((error: unknown) => this.log.debug({ err: error }, 'workers could not be woken; they will poll'));
  }
}
