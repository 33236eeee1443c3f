import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role } from '../../kernel/access/permission.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { normaliseEmail } from './email.js';
import { User } from './user.entity.js';

/** The account of an e-mail address; null if there is none. */
export function findUserByEmail(em: EntityManager, email: string): Promise<User | null> {
  return em.findOne(User, { emailKey: normaliseEmail(email) });
}

/** The id of the account of an e-mail address; null if there is none. */
export async function findUserIdByEmail(em: EntityManager, email: string): Promise<string | null> {
  const user = await em.findOne(User, { emailKey: normaliseEmail(email) }, { fields: ['id'] });
  return user?.id ?? null;
}

/** Whether an e-mail address is taken. */
export async function isEmailTaken(em: EntityManager, email: string): Promise<boolean> {
  return (await em.count(User, { emailKey: normaliseEmail(email) })) > 0;
}

/** Locks a user's row against others who mint or end credentials, and reads the role; null if disabled or gone. */
export async function lockUser(em: EntityManager, userId: string): Promise<Role | null> {
  const [user] = await em.execute<{ role: Role }[]>(
    'select role from users where id = ? and disabled_at is null for no key update',
    [userId],
  );
  return user?.role ?? null;
}

/** A user that exists. @throws AppError REQ_005 */
export async function getUser(em: EntityManager, userId: string): Promise<User> {
  const user = await em.findOne(User, { id: userId });
  if (!user) throw new AppError('REQ_005', { detail: 'There is no such user.' });
  return user;
}
