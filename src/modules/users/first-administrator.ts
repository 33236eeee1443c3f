import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { CONFIG, type Config, ConfigError } from '../../platform/config/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/log/index.js';
import { NewEmailInput } from './email.js';
import { NewPasswordInput } from './password-policy.js';
import { User } from './user.entity.js';
import { findUserByEmail } from './user.repository.js';
import { UsersService } from './users.service.js';

const Settings = z.object({ KINDLY_ADMIN_EMAIL: NewEmailInput, KINDLY_ADMIN_PASSWORD: NewPasswordInput });

/**
 * Makes the administrator that the environment names, once, when there are no users at all. Whoever controls the
 * environment later on cannot promote an account with it.
 */
@Injectable()
export class FirstAdministrator {
  constructor(
    private readonly users: UsersService,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws ConfigError if the environment names an address or password that an account cannot have */
  async ensure(): Promise<void> {
    const { administrator } = this.config;
    if (!administrator) return;
    const existing = await this.database.read(async (em) => ({
      isEmpty: await hasNoUsers(em),
      account: await findUserByEmail(em, administrator.email),
    }));
    if (existing.isEmpty) await this.create(administrator);
    else if (existing.account && existing.account.role !== 'admin') {
      this.log.warn('the account of KINDLY_ADMIN_EMAIL exists and is not an administrator; it is left as it is');
    }
  }

  /** Whether somebody administers this installation. */
  async exists(): Promise<boolean> {
    const found = await this.database.read((em) =>
      em.findOne(User, { role: 'admin', disabledAt: null }, { fields: ['id'] }),
    );
    return found !== null;
  }

  private async create(administrator: NonNullable<Config['administrator']>): Promise<void> {
    const parsed = Settings.safeParse({
      KINDLY_ADMIN_EMAIL: administrator.email,
      KINDLY_ADMIN_PASSWORD: administrator.passwordPlaintext,
    });
    if (!parsed.success) {
      throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    }
    const { KINDLY_ADMIN_EMAIL: email, KINDLY_ADMIN_PASSWORD: passwordPlaintext } = parsed.data;
    try {
      const input = { email, passwordPlaintext, name: 'Administrator', role: 'admin' } as const;
      await this.users.register(input, (em, created) => assertFirst(em, created));
      this.log.info('the first administrator has been created');
    } catch (error) {
      if (error instanceof NotFirstError || isTaken(error)) return;
      if (error instanceof AppError && error.code === 'REQ_001') {
        throw new ConfigError([`KINDLY_ADMIN_PASSWORD: ${error.errors?.[0]?.message ?? 'is not valid'}`]);
      }
      throw error;
    }
  }
}

/** Another process was faster; thrown to roll the transaction back. */
class NotFirstError extends Error {}

async function hasNoUsers(em: EntityManager): Promise<boolean> {
  return (await em.findOne(User, { id: { $ne: null } }, { fields: ['id'] })) === null;
}

/** Processes take turns here, so that the second one sees the first one's account. */
async function assertFirst(em: EntityManager, created: User): Promise<void> {
  await em.execute("select pg_advisory_xact_lock(hashtext('kindly.first-administrator'))");
  if ((await em.count(User, { id: { $ne: created.id } })) > 0) throw new NotFirstError();
}

function isTaken(error: unknown): boolean {
  return error instanceof AppError && error.code === 'REQ_006';
}
