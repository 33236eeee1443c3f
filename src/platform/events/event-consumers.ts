import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { EventType } from '../../kernel/events/event-types.js';

/** An event as it is dispatched. */
export interface RecordedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly ownerId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Who wants to know what has happened. */
export interface EventConsumer {
  /**
   * Takes events in the order of their recording. What it writes through `em` commits together with the note that they
   * are dispatched, so each event has its effect once, whatever dies. Must not wait for anything but the database.
   */
  consume(em: EntityManager, events: readonly RecordedEvent[]): Promise<void>;

  /** Erases, through `em`, what it keeps of events that are being erased. Absent: it keeps nothing of them. */
  forget?(em: EntityManager, eventIds: readonly string[]): Promise<void>;
}

/** The modules that listen to events register here. */
@Injectable()
export class EventConsumers {
  private readonly consumers: EventConsumer[] = [];

  register(consumer: EventConsumer): void {
    this.consumers.push(consumer);
  }

  list(): readonly EventConsumer[] {
    return this.consumers;
  }
}
