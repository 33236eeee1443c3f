import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { Database } from '../../../platform/database/index.js';
import { type DomainEvent, EventDemand, Outbox } from '../../../platform/events/index.js';
import { printTime } from '../../../platform/http/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import type { CountedOperation } from './usage-counter.js';

/** Type of the event that tells of finished operations. */
export const COMPRESSION_COMPLETED = 'compression.completed';

const FLUSH_INTERVAL_MS = 1_000;
/** The most operations that one event tells of. */
const OPERATIONS_PER_EVENT_MAX = 100;
/** Beyond these, what happens while the database is away is told to nobody. */
const PENDING_MAX = 10_000;

interface CompletedOperation {
  readonly ownerId: string;
  readonly credentialId: string;
  readonly completedAt: Date;
  readonly done: CountedOperation;
}

/**
 * Tells subscribers of finished operations, in one event an owner a second. Nothing is kept for owners to whose
 * operations nobody subscribes. A crash loses the events of the last second.
 */
@Injectable()
export class CompletionFeed implements OnModuleInit, OnApplicationShutdown {
  private pending: CompletedOperation[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly demand: EventDemand,
    private readonly outbox: Outbox,
    private readonly database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Adds an operation that was completed at `nowMs` (epoch milliseconds). */
  add(caller: Principal, done: CountedOperation, nowMs: number): void {
    if (this.pending.length >= PENDING_MAX || !this.demand.isWanted(caller.userId, COMPRESSION_COMPLETED)) return;
    const { userId: ownerId, credentialId } = caller;
    this.pending.push({ ownerId, credentialId, completedAt: new Date(nowMs), done });
  }

  /** Records what has been added so far; what could not be recorded is kept for the next time. */
  async flush(): Promise<void> {
    const taken = this.pending;
    if (taken.length === 0) return;
    this.pending = [];
    try {
      await this.database.transaction(async (em) => {
        for (const event of eventsOf(taken)) this.outbox.record(em, event);
      });
    } catch (error) {
      this.pending = [...taken, ...this.pending].slice(0, PENDING_MAX);
      this.log.warn({ err: error }, 'events of finished operations are kept for the next flush');
    }
  }
}

/** One event an owner, or several of an owner with many operations. */
function* eventsOf(operations: readonly CompletedOperation[]): Generator<DomainEvent> {
  for (const [ownerId, owned] of Map.groupBy(operations, (operation) => operation.ownerId)) {
    for (let from = 0; from < owned.length; from += OPERATIONS_PER_EVENT_MAX) {
      const told = owned.slice(from, from + OPERATIONS_PER_EVENT_MAX);
      yield { type: COMPRESSION_COMPLETED, ownerId, data: { operations: told.map(viewOperation) } };
    }
  }
}

function viewOperation({ credentialId, completedAt, done }: CompletedOperation) {
  return {
    operation: done.operation,
    algorithm: done.algorithm,
    bytes_in: done.bytesIn,
    bytes_out: done.bytesOut,
    credential_id: credentialId,
    completed_at: printTime(completedAt),
  };
}
