import type { EntityManager } from '@mikro-orm/postgresql';
import { normaliseEmail } from './email.js';
import { User } from './user.entity.js';

/** The account of an e-mail address, with its password hash; null if there is none. */
export function findUserByEmail(em: EntityManager, email: string): Promise<User | null> {
  return em.findOne(User, { emailKey: normaliseEmail(email) }, { populate: ['passwordHash'] });
}

/** A user with the password hash, unless the account is disabled. */
export function findEnabledUser(em: EntityManager, userId: string): Promise<User | null> {
  return em.findOne(User, { id: userId, disabledAt: null }, { populate: ['passwordHash'] });
}

/** Whether an e-mail address is taken. */
export async function isEmailTaken(em: EntityManager, email: string): Promise<boolean> {
  return (await em.count(User, { emailKey: normaliseEmail(email) })) > 0;
}
