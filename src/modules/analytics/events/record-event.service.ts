import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import type { CustomEventView, NewCustomEvent } from './custom-event.dto.js';
import { CustomEvent } from './custom-event.entity.js';
import { viewCustomEvent } from './custom-event.view.js';

const DAY_MS = 86_400_000;
const AGE_MAX_MS = 30 * DAY_MS;
/** How far a sender's clock may be ahead, in milliseconds. */
const SKEW_MAX_MS = 300_000;

/** Stores what an owner's own software reports. */
@Injectable()
export class RecordEventService {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Stores an event. @throws AppError REQ_001 for one of the future or of long ago */
  async record(caller: Principal, input: z.infer<typeof NewCustomEvent>): Promise<z.infer<typeof CustomEventView>> {
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
      return viewCustomEvent(event);
    });
  }
}

function assertRecent(occurredAt: Date, nowMs: number): void {
  const ageMs = nowMs - occurredAt.getTime();
  if (ageMs <= AGE_MAX_MS && ageMs >= -SKEW_MAX_MS) return;
  const message = ageMs < 0 ? 'is in the future' : 'is more than 30 days ago';
  throw new AppError('REQ_001', { detail: `occurred_at ${message}.`, errors: [{ field: 'occurred_at', message }] });
}
