import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../../platform/database/index.js';

/** How long a network stays known after the last login from it, in milliseconds. */
export const NETWORK_MEMORY_MS = 180 * 24 * 60 * 60 * 1000;

const NOBODY = '00000000-0000-0000-0000-000000000000';

const FIND_KNOWN_NETWORK = {
  name: 'find-known-network',
  text: `select 1 from known_networks
          where user_id = $1::uuid and network = $2 and last_seen_at > $3::timestamptz`,
};

/** Logins of the same day from the same network are written once. */
const REMEMBER_NETWORK = `
  insert into known_networks as k (user_id, network, last_seen_at) values (?, ?, ?)
  on conflict (user_id, network) do update set last_seen_at = excluded.last_seen_at
   where k.last_seen_at < excluded.last_seen_at - interval '1 day'`;

/** Whether a user has logged in from a network lately; asked for unknown users too, so that both take the same time. */
export async function isKnownNetwork(
  database: Database,
  userId: string | null,
  network: string | null,
  nowMs: number,
): Promise<boolean> {
  const values = [userId ?? NOBODY, network ?? '', new Date(nowMs - NETWORK_MEMORY_MS)];
  return (await database.query(FIND_KNOWN_NETWORK, values)).rowCount === 1;
}

/** Remembers the network of a login, in the transaction of the login. */
export async function rememberNetwork(em: EntityManager, userId: string, network: string, nowMs: number) {
  await em.execute(REMEMBER_NETWORK, [userId, network, new Date(nowMs)]);
}
