import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { Role } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { normaliseEmail } from './email.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordFault } from './password-policy.js';
import { User } from './user.entity.js';
import { findEnabledUser, findUserByEmail, isEmailTaken } from './user.repository.js';

/** What a new account is made of; all checked for form already. */
export interface NewUser {
  readonly email: string;
  readonly passwordPlaintext: string;
  readonly name: string;
  readonly role?: Role;
}

/** People and their passwords. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes an account; `alongside` runs in the same transaction, for what must come into being together with it.
   * @throws AppError REQ_006 if the e-mail address is taken, REQ_001 for a password that contains it
   */
  async register<T>(input: NewUser, alongside: (em: EntityManager, user: User) => T): Promise<T> {
    const fault = passwordFault(input.passwordPlaintext, input.email);
    if (fault) throw new AppError('REQ_001', { detail: `${fault.field} ${fault.message}.`, errors: [fault] });
    if (await this.database.read((em) => isEmailTaken(em, input.email))) throw emailTaken();
    const passwordHash = await this.hasher.hash(input.passwordPlaintext);
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

  /** The user whose password this is; null for a wrong one and for an unknown address, after the same time. */
  async findByPassword(email: string, passwordPlaintext: string): Promise<User | null> {
    const user = await this.database.read((em) => findUserByEmail(em, email));
    const matches = await this.hasher.verify(user?.passwordHash ?? null, passwordPlaintext);
    return matches ? user : null;
  }

  /** The user with this id whose password this is; null for a wrong one, and for an account that is gone or disabled. */
  async findByIdAndPassword(userId: string, passwordPlaintext: string): Promise<User | null> {
    const user = await this.database.read((em) => findEnabledUser(em, userId));
    const matches = await this.hasher.verify(user?.passwordHash ?? null, passwordPlaintext);
    return matches ? user : null;
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
      disabledAt: null,
    });
    em.persist(user);
    this.outbox.record(em, { type: 'user.registered', ownerId: user.id, data: { user_id: user.id } });
    return user;
  }
}

function emailTaken(): AppError {
  return new AppError('REQ_006', {
    detail: 'This e-mail address is already registered.',
    errors: [{ field: 'email', message: 'is already registered' }],
  });
}
