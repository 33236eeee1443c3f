import type { EntityManager } from '@mikro-orm/postgresql';

/** How long a network stays known after the last login from it, in milliseconds. */
export const NETWORK_MEMORY_MS = 180 * 24 * 60 * 60 * 1000;

/** Logins of the same day from the same network are written once. */
const OF_THE_SAME_DAY = `
  on conflict (user_id, network) do update set last_seen_at = excluded.last_seen_at
   where k.last_seen_at < excluded.last_seen_at - interval '1 day'`;

const REMEMBER_NETWORK = `
  insert into known_networks as k (user_id, network, last_seen_at) values (?, ?, ?) ${OF_THE_SAME_DAY}`;

/** Whoever disables the account waits for the lock of its row, and the other way round. */
const LOCK_USER_AND_REMEMBER_NETWORK = `
  with locked as (select id from users where id = ? and disabled_at is null for no key update),
       remembered as (insert into known_networks as k (user_id, network, last_seen_at)
                      select id, ?, ? from locked where ?::boolean ${OF_THE_SAME_DAY})
  select id from locked`;

/** Where somebody has logged in. */
export interface NetworkSighting {
  readonly userId: string;
  /** IPv4 /24 or IPv6 /64; null if the address is not known. */
  readonly network: string | null;
  readonly nowMs: number;
}

/** Remembers the network of a first login, in its transaction. */
export async function rememberNetwork(em: EntityManager, { userId, network, nowMs }: NetworkSighting): Promise<void> {
  if (network !== null) await em.execute(REMEMBER_NETWORK, [userId, network, new Date(nowMs)]);
}

/** Remembers the network of a login, and holds the user's row until its transaction ends; false if the account is disabled or gone. */
export async function lockUserAndRememberNetwork(
  em: EntityManager,
  { userId, network, nowMs }: NetworkSighting,
): Promise<boolean> {
  const values = [userId, network ?? '', new Date(nowMs), network !== null];
  return (await em.execute<object[]>(LOCK_USER_AND_REMEMBER_NETWORK, values)).length === 1;
}
