import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { policyFaults } from '../../kernel/access/key-policy.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { AccessPolicies } from '../../platform/access/index.js';
import type { ApiKey } from './api-key.entity.js';
import { policedKeyOf } from './policed-key.js';

/** The keys of an owner that open something at a moment. */
const COUNT_LIVE = `
  select count(*)::int as live from api_keys
   where owner_id = ? and revoked_at is null and quarantined_at is null
     and (revoke_at is null or revoke_at > ?) and (expires_at is null or expires_at > ?)`;

/** Holds keys against what administrators demand, in the transaction that makes or changes them. */
@Injectable()
export class PolicyCheck {
  constructor(private readonly policies: AccessPolicies) {}

  /** @throws AppError REQ_001 that names the terms that are not allowed */
  async assertAllowed(em: EntityManager, key: ApiKey): Promise<void> {
    const faults = policyFaults(await this.policies.current(em), policedKeyOf(key));
    const [first] = faults;
    if (!first) return;
    throw new AppError('REQ_001', {
      detail: `The policy of this installation does not allow this key: ${first.field} ${first.message}.`,
      errors: faults,
    });
  }

  /**
   * The same for a key that did not live before, new or revived, and is now one more of its owner's; to be asked before it
   * is written. @throws AppError REQ_001, REQ_006 if there are enough
   */
  async assertOneMoreAllowed(em: EntityManager, key: ApiKey, nowMs: number): Promise<void> {
    await this.assertAllowed(em, key);
    const { keysPerUserMax: most } = await this.policies.current(em);
    if (most === null) return;
    const now = new Date(nowMs);
    const [counted] = await em.execute<{ live: number }[]>(COUNT_LIVE, [key.owner.id, now, now]);
    if ((counted?.live ?? 0) < most) return;
    throw new AppError('REQ_006', {
      detail: `The policy of this installation allows ${most} live keys; revoke one of yours first.`,
    });
  }
}
