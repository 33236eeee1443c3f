import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import type { RequestTally } from '../usage/request-tally.js';

/** The most networks that are stored of a key; one that comes from more is no longer told apart by them. */
const STORED_MAX = 200;
/** How many pairs of a key and a network this process remembers having written. */
const REMEMBERED_MAX = 50_000;

const ADD_NETWORKS = {
  name: 'add-credential-networks',
  text: `
  insert into credential_networks (credential_id, network, owner_id, first_seen_at)
  select n.credential_id, n.network, n.owner_id, $4
    from unnest($1::uuid[], $2::text[], $3::uuid[]) as n(credential_id, network, owner_id)
   where (select count(*) from credential_networks c where c.credential_id = n.credential_id) < ${STORED_MAX}
   order by 1, 2
  on conflict do nothing`,
};

/** Keeps which networks API keys are used from. */
@Injectable()
export class SeenNetworks {
  private remembered = new Set<string>();

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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
    await this.database.query(ADD_NETWORKS, [
      seen.map(({ credentialId }) => credentialId),
      seen.map(({ network }) => network),
      seen.map(({ ownerId }) => ownerId),
      new Date(this.clock.now()),
    ]);
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered = new Set();
    for (const { name } of seen) this.remembered.add(name);
  }
}
