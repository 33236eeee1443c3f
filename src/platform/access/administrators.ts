import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { currentContext } from '../context/index.js';
import { Database } from '../database/index.js';

/** Knows which users have a second factor. */
export interface SecondFactorHolders {
  includes(userId: string): Promise<boolean>;
}

const READ_POLICY = {
  name: 'read-administrator-policy',
  text: "select administrators_need_mfa as demanded from access_policies where id = 'installation'",
};

/**
 * Joins what the policy demands of administrators with what they have; the module of the factors brings the holders.
 * Whatever only administrators may do asks here: routes that require such a permission by their guard, the others where
 * they reach beyond what is the caller's own.
 */
@Injectable()
export class Administrators {
  private holders: SecondFactorHolders = { includes: () => Promise.resolve(false) };

  constructor(private readonly database: Database) {}

  register(holders: SecondFactorHolders): void {
    this.holders = holders;
  }

  /** Whether the policy leaves this administrator the powers of one. Read each time: it holds at once, everywhere. */
  async isTrusted({ userId }: Principal): Promise<boolean> {
    const { rows } = await this.database.query<{ demanded: boolean }>(READ_POLICY);
    return rows[0]?.demanded !== true || this.holders.includes(userId);
  }

  /** @throws AppError AUTH_006 */
  async assertTrusted(administrator: Principal): Promise<void> {
    if (await this.isTrusted(administrator)) return;
    const context = currentContext();
    if (context) context.check = 'step_up';
    throw new AppError('AUTH_006', { detail: 'Administrators need MFA here: enable it for your account first.' });
  }
}
