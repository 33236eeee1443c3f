import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type EventConsumer, EventConsumers, type RecordedEvent } from '../../../platform/events/index.js';

const FORGET = `
  delete from credential_networks
   where credential_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))`;

/** Forgets where keys were used from once they are revoked, which nothing takes back. */
@Injectable()
export class ForgottenNetworks implements EventConsumer {
  constructor(consumers: EventConsumers) {
    consumers.register(this);
  }

  async consume(em: EntityManager, events: readonly RecordedEvent[]): Promise<void> {
    const revoked = events.filter(({ type }) => type === 'api_key.revoked').map(({ data }) => data.key_id);
    if (revoked.length > 0) await em.execute(FORGET, [JSON.stringify(revoked)]);
  }
}
