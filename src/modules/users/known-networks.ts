import type { EntityManager } from '@mikro-orm/postgresql';
import { KnownNetwork } from './known-network.entity.js';

/** How long a network stays known after the last login from it, in milliseconds. */
export const NETWORK_MEMORY_MS = 180 * 24 * 60 * 60 * 1000;

/** Whether a user has logged in from a network lately; asked for unknown users too, so that both take the same time. */
export async function isKnownNetwork(
  em: EntityManager,
  userId: string | null,
  network: string | null,
  nowMs: number,
): Promise<boolean> {
  const user = userId ?? '00000000-0000-0000-0000-000000000000';
  const since = new Date(nowMs - NETWORK_MEMORY_MS);
  return (await em.count(KnownNetwork, { user, network: network ?? '', lastSeenAt: { $gt: since } })) > 0;
}

/** Remembers the network of a login, in the transaction of the login. */
export async function rememberNetwork(em: EntityManager, userId: string, network: string, nowMs: number) {
  await em.upsert(KnownNetwork, { user: userId, network, lastSeenAt: new Date(nowMs) });
}
