import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../../../platform/database/index.js';

/** The most networks that are stored of a key; one that comes from more is no longer told apart by them. */
const STORED_MAX = 200;

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

const DELETE_NETWORKS = `
  delete from credential_networks
   where credential_id in (select value::uuid from jsonb_array_elements_text(?::jsonb))`;

/** A network that a credential has been used from. */
export interface SeenNetwork {
  readonly credentialId: string;
  readonly ownerId: string;
  readonly network: string;
}

/** Stores networks with the time at which they were first seen; those that are known stay as they are. */
export async function addNetworks(database: Database, seen: readonly SeenNetwork[], firstSeenAt: Date): Promise<void> {
  await database.query(ADD_NETWORKS, [
    seen.map(({ credentialId }) => credentialId),
    seen.map(({ network }) => network),
    seen.map(({ ownerId }) => ownerId),
    firstSeenAt,
  ]);
}

/** Deletes the networks of credentials. */
export async function deleteNetworks(em: EntityManager, credentialIds: readonly unknown[]): Promise<void> {
  await em.execute(DELETE_NETWORKS, [JSON.stringify(credentialIds)]);
}
