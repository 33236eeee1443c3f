import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { type EventConsumer, EventConsumers, type RecordedEvent } from '../../../platform/events/index.js';
import { addNetworks, deleteNetworks } from './credential-network.queries.js';
import type { RequestTally } from './request-tally.js';

/** How many pairs of a key and a network this process remembers having written. */
const REMEMBERED_MAX = 50_000;

/** Keeps which networks API keys are used from, until they are revoked, which nothing takes back. */
@Injectable()
export class CredentialNetworkRegistry implements EventConsumer {
  private remembered = new Set<string>();

  constructor(
    consumers: EventConsumers,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    consumers.register(this);
  }

  /** Stores the networks of tallies, with the time of the first one; those that are known stay as they are. */
  async record(tallies: readonly RequestTally[]): Promise<void> {
    const seen = tallies
      .filter(({ credentialKind }) => credentialKind === 'api_key')
      .flatMap(({ credentialId, ownerId, admitted }) =>
        [...new Set(admitted.values())].map((network) => ({
          credentialId,
          ownerId,
          network,
          name: `${credentialId} ${network}`,
        })),
      )
      .filter(({ name }) => !this.remembered.has(name));
    if (seen.length === 0) return;
    await addNetworks(this.database, seen, new Date(this.clock.now()));
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered = new Set();
    for (const { name } of seen) this.remembered.add(name);
  }

  /** Forgets the networks of keys that have been revoked. */
  async consume(em: EntityManager, events: readonly RecordedEvent[]): Promise<void> {
    const revoked = events.filter(({ type }) => type === 'api_key.revoked').map(({ data }) => data.key_id);
    if (revoked.length > 0) await deleteNetworks(em, revoked);
  }
}
