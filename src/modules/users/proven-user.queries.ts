import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../../platform/database/index.js';

/** Why an administrator lets nobody log in to an account. */
export type Closure = 'disabled' | 'locked';

/** Whose password somebody has shown, with the hash that it was held against. */
export interface ProvenUser {
  readonly id: string;
  /** As the user typed it at registration. */
  readonly email: string;
  /** Asked for again where the proof is used: the password may have been changed meanwhile. */
  readonly passwordHash: string;
  /** Null: the account is open. */
  readonly closure: Closure | null;
}

interface ProvenUserRow {
  readonly id: string;
  readonly email: string;
  readonly password_hash: string;
  readonly closure: Closure | null;
}

/** What closes an account, of a row `u` of the users. */
export const CLOSURE = `case when u.disabled_at is not null then 'disabled' when u.locked_at is not null then 'locked' end`;

/** Stands for the user of an account that does not exist. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * What a password is held against: one row of the same size whether or not there is such an account, so that the time
 * of the answer does not tell. ($1 the address in its compared form, $2 id and $3 hash of nobody)
 */
const FIND_BY_EMAIL = {
  name: 'find-password-hash',
  text: `select coalesce(u.id, $2::uuid) as id, coalesce(u.email, $1) as email,
                coalesce(u.password_hash, $3) as password_hash, ${CLOSURE} as closure
           from (values ($1::varchar)) as asked(email_key) left join users u on u.email_key = asked.email_key`,
};

const FIND_BY_ID = {
  name: 'find-proven-user',
  text: `select u.id, u.email, u.password_hash, ${CLOSURE} as closure from users u where u.id = $1`,
};

/** The account of an address in its compared form; with the id {@link NOBODY} and the given hash if there is none. */
export async function findCandidate(database: Database, emailKey: string, decoyHash: string): Promise<ProvenUser> {
  const { rows } = await database.query<ProvenUserRow>(FIND_BY_EMAIL, [emailKey, NOBODY, decoyHash]);
  const [row] = rows;
  if (!row) throw new Error('the search for an account gave no row');
  return provenUserOf(row);
}

/** The account of an id, for a proof that was given a moment ago; null if it is gone. */
export async function findProvenUser(database: Database, userId: string): Promise<ProvenUser | null> {
  const [row] = (await database.query<ProvenUserRow>(FIND_BY_ID, [userId])).rows;
  return row ? provenUserOf(row) : null;
}

/** Whether the password that was shown is still the one of the account; asked under the lock of its row. */
export async function isStillProven(em: EntityManager, { id, passwordHash }: ProvenUser): Promise<boolean> {
  const rows = await em.execute<object[]>('select 1 from users where id = ? and password_hash = ?', [id, passwordHash]);
  return rows.length === 1;
}

function provenUserOf({ id, email, password_hash: passwordHash, closure }: ProvenUserRow): ProvenUser {
  return { id, email, passwordHash, closure };
}
