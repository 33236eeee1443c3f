import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { Role } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { normaliseEmail } from './email.js';
import { holdForLogin, type LoginHold, rememberNetwork } from './known-networks.js';
import { Passwords } from './passwords.js';
import { findProvenUser, type ProvenUser } from './proven-user.queries.js';
import { User } from './user.entity.js';
import { getUser, isEmailTaken } from './user.repository.js';

/** What a new account is made of; all checked for form already. */
export interface NewUser {
  readonly email: string;
  readonly passwordPlaintext: string;
  readonly name: string;
  readonly role?: Role;
}

/** People: their accounts, names and passwords. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes an account; `alongside` runs in the same transaction, for what must come into being together with it.
   * @throws AppError REQ_006 if the e-mail address is taken, REQ_001 for a bad password
   */
  async register<T>(input: NewUser, alongside: (em: EntityManager, user: User) => T | Promise<T>): Promise<T> {
    if (await this.database.read((em) => isEmailTaken(em, input.email))) throw emailTaken();
    const passwordHash = await this.passwords.hashNew(input.passwordPlaintext, input.email, 'password');
    try {
      return await this.database.transaction(async (em) => {
        const user = this.create(em, input, passwordHash);
        await em.flush();
        return alongside(em, user);
      });
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw emailTaken();
      throw error;
    }
  }

  /** @throws AppError REQ_005 */
  get(userId: string): Promise<User> {
    return this.database.read((em) => getUser(em, userId));
  }

  /** Changes what a user says about himself. @throws AppError REQ_005 */
  async update(userId: string, changes: { readonly name?: string | undefined }): Promise<User> {
    return this.database.transaction(async (em) => {
      const user = await getUser(em, userId);
      if (changes.name !== undefined) user.name = changes.name;
      return user;
    });
  }

  /** The account behind a proof that was given a moment ago; null if it is gone. */
  findProven(userId: string): Promise<ProvenUser | null> {
    return findProvenUser(this.database, userId);
  }

  /**
   * Replaces the password that was verified a moment ago; `alongside` runs in the same transaction.
   * @throws AppError REQ_001 for a bad password, REQ_006 if another change came first
   */
  async changePassword(
    user: ProvenUser,
    newPlaintext: string,
    alongside: (em: EntityManager) => Promise<void>,
  ): Promise<void> {
    const passwordHash = await this.passwords.hashNew(newPlaintext, user.email, 'new_password');
    const { id, passwordHash: verified } = user;
    await this.database.transaction(async (em) => {
      const changed = await em.nativeUpdate(User, { id, passwordHash: verified }, { passwordHash });
      if (changed === 0) throw new AppError('REQ_006', { detail: 'The password has just been changed elsewhere.' });
      this.outbox.record(em, { type: 'user.password_changed', ownerId: id, data: { user_id: id } });
      await alongside(em);
    });
  }

  /** Remembers where a new user has registered, in the transaction of the registration. */
  rememberNetwork(em: EntityManager, user: User, network: string | null): Promise<void> {
    return rememberNetwork(em, { userId: user.id, network, nowMs: this.clock.now() });
  }

  /**
   * Holds the row of a user whose password was shown until the transaction of the login ends, so that whoever closes the
   * account or changes its password waits; and remembers where from. @returns why not, if that came first
   */
  holdForLogin(em: EntityManager, user: ProvenUser, network: string | null): Promise<LoginHold> {
    return holdForLogin(em, user, { network, nowMs: this.clock.now() });
  }

  private create(em: EntityManager, input: NewUser, passwordHash: string): User {
    const now = this.clock.now();
    const user = em.create(User, {
      id: newId(now),
      email: input.email,
      emailKey: normaliseEmail(input.email),
      name: input.name,
      passwordHash,
      role: input.role ?? 'user',
      createdAt: new Date(now),
      lockedAt: null,
      disabledAt: null,
    });
    em.persist(user);
    // nobody becomes an administrator without the trail saying so
    const data = { user_id: user.id, ...(user.role === 'admin' && { role: user.role }) };
    this.outbox.record(em, { type: 'user.registered', ownerId: user.id, data });
    return user;
  }
}

function emailTaken(): AppError {
  return new AppError('REQ_006', {
    detail: 'This e-mail address is already registered.',
    errors: [{ field: 'email', message: 'is already registered' }],
  });
}
