import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { placeOfSession } from './code-attempts.js';
import type { MfaRemoval, MfaView } from './mfa.dto.js';
import { MfaFactor } from './mfa-factor.entity.js';
import { countRecoveryCodesLeft, findActiveFactor } from './mfa-factor.repository.js';
import { OwnerCheck } from './owner-check.js';
import { SecondFactor } from './second-factor.js';

/** Whether a user has a second factor, and taking it away. */
@Injectable()
export class MfaService {
  constructor(
    private readonly database: Database,
    private readonly secondFactor: SecondFactor,
    private readonly owner: OwnerCheck,
    private readonly outbox: Outbox,
  ) {}

  async get(caller: Principal): Promise<z.infer<typeof MfaView>> {
    return this.database.read(async (em) => {
      const factor = await findActiveFactor(em, caller.userId);
      const codesLeft = factor ? await countRecoveryCodesLeft(em, factor.id) : 0;
      return { enabled: factor !== null, recovery_codes_left: codesLeft };
    });
  }

  /** Which of these users have a second factor. */
  async enabledAmong(em: EntityManager, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const factors = await em.find(MfaFactor, { user: { $in: [...userIds] }, activatedAt: { $ne: null } });
    return new Set(factors.map(({ user }) => user.id));
  }

  /** Turns MFA off. @throws AppError AUTH_001 for a wrong password, AUTH_006, AUTH_007, REQ_006 if it is off */
  async disable(caller: Principal, { password, code }: z.infer<typeof MfaRemoval>): Promise<void> {
    const user = await this.owner.confirm(caller, password);
    const entry = { user, place: placeOfSession(caller) };
    await this.secondFactor.redeem(entry, code, {
      hold: (em) => this.owner.holdConfirmed(em, caller, user),
      work: (em) => this.remove(em, user.id),
    });
  }

  /** Takes a user's second factor away in the caller's transaction, with its recovery codes and stamps. */
  async remove(em: EntityManager, userId: string): Promise<void> {
    const removed = await em.nativeDelete(MfaFactor, { user: userId });
    if (removed === 0) return;
    this.outbox.record(em, { type: 'mfa.disabled', ownerId: userId, data: { user_id: userId } });
  }
}
