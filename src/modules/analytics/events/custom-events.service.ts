import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { printTime } from '../../../platform/http/index.js';
import type { CustomEventQuery, CustomEventView, NewCustomEvent } from './custom-event.dto.js';
import { CustomEvent } from './custom-event.entity.js';

type EventView = z.infer<typeof CustomEventView>;

const DAY_MS = 86_400_000;
const AGE_MAX_MS = 30 * DAY_MS;
/** How far a sender's clock may be ahead, in milliseconds. */
const SKEW_MAX_MS = 300_000;

/** Events that an owner's own software reports. */
@Injectable()
export class CustomEventsService {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Stores an event. @throws AppError REQ_001 for one of the future or of long ago */
  async record(caller: Principal, input: z.infer<typeof NewCustomEvent>): Promise<EventView> {
    const now = this.clock.now();
    const occurredAt = input.occurred_at ?? new Date(now);
    assertRecent(occurredAt, now);
    return this.database.transaction(async (em) => {
      const { name, properties } = input;
      const { userId: ownerId, credentialId } = caller;
      const id = newId(now);
      const event = em.create(CustomEvent, {
        id,
        ownerId,
        credentialId,
        name,
        properties,
        occurredAt,
        createdAt: new Date(now),
      });
      em.persist(event);
      return viewEvent(event);
    });
  }

  async list(caller: Principal, query: z.infer<typeof CustomEventQuery>): Promise<Page<EventView>> {
    const { limit, cursor, name } = query;
    const rows = await this.database.read((em) =>
      em.find(
        CustomEvent,
        { ownerId: caller.userId, ...(cursor && { id: { $lt: cursor } }), ...(name !== undefined && { name }) },
        { orderBy: { id: 'desc' }, limit: limit + 1 },
      ),
    );
    return toPage(rows, limit, viewEvent);
  }
}

function assertRecent(occurredAt: Date, nowMs: number): void {
  const ageMs = nowMs - occurredAt.getTime();
  if (ageMs <= AGE_MAX_MS && ageMs >= -SKEW_MAX_MS) return;
  const message = ageMs < 0 ? 'is in the future' : 'is more than 30 days ago';
  throw new AppError('REQ_001', { detail: `occurred_at ${message}.`, errors: [{ field: 'occurred_at', message }] });
}

function viewEvent(event: CustomEvent): EventView {
  return {
    id: event.id,
    name: event.name,
    properties: event.properties,
    credential_id: event.credentialId,
    occurred_at: printTime(event.occurredAt),
    created_at: printTime(event.createdAt),
  };
}
