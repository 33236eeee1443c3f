import type { EntityManager } from '@mikro-orm/postgresql';
import type { User } from './user.entity.js';
import { CLOSURE, type Closure, type ProvenUser } from './proven-user.queries.js';

/** How long a network stays known after the last login from it, in milliseconds. */
export const NETWORK_MEMORY_MS = 180 * 24 * 60 * 60 * 1000;

/** Logins of the same day from the same network are written once. */
const OF_THE_SAME_DAY = `
  on conflict (user_id, network) do update set last_seen_at = excluded.last_seen_at
   where k.last_seen_at < excluded.last_seen_at - interval '1 day'`;

const REMEMBER_NETWORK = `
  insert into known_networks as k (user_id, network, last_seen_at) values (?, ?, ?) ${OF_THE_SAME_DAY}`;

/**
 * Whoever closes the account or changes its password waits for the lock of its row, and the other way round: who has
 * waited here is told of the row as it is then.
 */
const HOLD_FOR_LOGIN = `
  with held as (select u.id, u.email, u.name, u.email_verified, u.created_at, ${CLOSURE} as closure,
                       u.password_hash = ? as is_proven
                  from users u where u.id = ? for no key update),
       remembered as (insert into known_networks as k (user_id, network, last_seen_at)
                      select id, ?, ? from held where closure is null and is_proven and ?::boolean ${OF_THE_SAME_DAY})
  select * from held`;

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

/** What the answer to a login shows of its user. */
export type LoginUser = Pick<User, 'id' | 'email' | 'name' | 'emailVerified' | 'createdAt'>;

/** A user who may log in; or what has come in between since the password was shown. */
export type LoginHold = { readonly user: LoginUser } | { readonly refusal: Closure | 'password_changed' };

interface HeldRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly email_verified: boolean;
  readonly created_at: string | Date;
  readonly closure: Closure | null;
  readonly is_proven: boolean;
}

/** Holds the row of a user until the transaction of the login ends, and remembers from which network it comes. */
export async function holdForLogin(
  em: EntityManager,
  { id, passwordHash }: ProvenUser,
  { network, nowMs }: Omit<NetworkSighting, 'userId'>,
): Promise<LoginHold> {
  const values = [passwordHash, id, network ?? '', new Date(nowMs), network !== null];
  const [row] = await em.execute<HeldRow[]>(HOLD_FOR_LOGIN, values);
  if (row?.closure) return { refusal: row.closure };
  return row?.is_proven ? { user: loginUserOf(row) } : { refusal: 'password_changed' };
}

function loginUserOf({ id, email, name, email_verified: emailVerified, created_at: createdAt }: HeldRow): LoginUser {
  return { id, email, name, emailVerified, createdAt: new Date(createdAt) };
}
