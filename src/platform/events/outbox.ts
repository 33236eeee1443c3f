import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { eventEntry, type EventType } from '../../kernel/events/event-types.js';
import { newId } from '../../kernel/ids.js';
import { AuditTrail } from '../audit/index.js';
import { CLOCK } from '../clock/index.js';
import { currentContext } from '../context/index.js';
import { Workers } from '../work/index.js';
import { OutboxEvent } from './outbox-event.entity.js';

/** Something that has happened, named `noun.past`, for whoever owns the thing it happened to. Holds no secret. */
export interface DomainEvent {
  readonly type: EventType;
  readonly ownerId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Records events in the transaction of the fact: both commit, or neither. */
@Injectable()
export class Outbox {
  constructor(
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly workers: Workers,
  ) {}

  /**
   * Appends an event to the unit of work of the fact, which must be that of a transaction, and to the audit trail; both
   * are written when it commits. @returns the id of the event
   */
  record(em: EntityManager, event: DomainEvent): string {
    const context = currentContext();
    const now = this.clock.now();
    const id = newId(now);
    if (eventEntry(event.type).isAudited) this.trail.record(em, event);
    em.persist(
      em.create(OutboxEvent, {
        id,
        type: event.type,
        ownerId: event.ownerId,
        actor: {
          kind: context?.principal?.kind ?? null,
          id: context?.principal?.credentialId ?? null,
          ip: context?.address?.text ?? null,
        },
        requestId: context?.requestId ?? null,
        occurredAt: new Date(now),
        data: { ...event.data },
        dispatchedAt: null,
      }),
    );
    this.workers.wakeAfterCommit(em);
    return id;
  }
}
