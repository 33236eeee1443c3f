import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { policyFaults } from '../../kernel/access/key-policy.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { AccessPolicies } from '../../platform/access/index.js';
import { Minting } from '../../platform/minting/index.js';
import type { ApiKey } from './api-key.entity.js';
import { countLiveKeys } from './api-key.repository.js';
import { policedKeyOf } from './policed-key.js';

/** Holds keys against what administrators demand, in the transaction that makes or changes them. */
@Injectable()
export class PolicyCheck {
  constructor(
    private readonly policies: AccessPolicies,
    private readonly minting: Minting,
  ) {}

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
   * is written. A successor may stand beside the key that it replaces, so there may be twice as many of these.
   * @throws AppError REQ_001, REQ_006 if there are enough
   */
  async assertOneMoreAllowed(em: EntityManager, key: ApiKey, nowMs: number, isSuccessor = false): Promise<void> {
    await this.assertAllowed(em, key);
    const timesMost = isSuccessor ? 2 : 1;
    await this.minting.assertOneMore(em, key.owner.id, 'api_key', timesMost);
    const { keysPerUserMax } = await this.policies.current(em);
    if (keysPerUserMax === null) return;
    const most = keysPerUserMax * timesMost;
    if ((await countLiveKeys(em, key.owner.id, nowMs)) < most) return;
    throw new AppError('REQ_006', {
      detail: `The policy of this installation allows ${most} live keys; revoke one of yours first.`,
    });
  }
}
