import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyPolicy } from '../../kernel/access/key-policy.js';
import { AccessPolicy } from './access-policy.entity.js';

/** What administrators demand beyond what the code does. */
export interface Policy extends KeyPolicy {
  /** The most live keys of a user; null: any number. */
  readonly keysPerUserMax: number | null;
  readonly stepUpBeforeMinting: boolean;
  readonly administratorsNeedMfa: boolean;
}

/** Without a row nothing is demanded. */
const NOTHING: Policy = {
  keyLifeDaysMax: null,
  prodKeysNeedIpList: false,
  forbidWildcards: false,
  keysPerUserMax: null,
  stepUpBeforeMinting: false,
  administratorsNeedMfa: false,
};

const LIMITS = ['keyLifeDaysMax', 'keysPerUserMax'] as const;
const DEMANDS = ['prodKeysNeedIpList', 'forbidWildcards', 'stepUpBeforeMinting', 'administratorsNeedMfa'] as const;

/** Whether a policy demands less in any point than the one before it. */
export function isLooser(after: Policy, before: Policy): boolean {
  return (
    DEMANDS.some((demand) => before[demand] && !after[demand]) ||
    LIMITS.some((limit) => (before[limit] ?? Infinity) < (after[limit] ?? Infinity))
  );
}

/** Id of the one row. */
const INSTALLATION = 'installation';

/** Keeps the policy. It is read each time, so that a change holds at once, everywhere. */
@Injectable()
export class AccessPolicies {
  /** The policy as it stands. */
  async current(em: EntityManager): Promise<Policy> {
    const row = await em.findOne(AccessPolicy, { id: INSTALLATION }, { refresh: true });
    if (!row) return NOTHING;
    return {
      keyLifeDaysMax: row.keyLifeDaysMax ?? null,
      prodKeysNeedIpList: row.prodKeysNeedIpList,
      forbidWildcards: row.forbidWildcards,
      keysPerUserMax: row.keysPerUserMax ?? null,
      stepUpBeforeMinting: row.stepUpBeforeMinting,
      administratorsNeedMfa: row.administratorsNeedMfa,
    };
  }

  /** Changes the policy in the caller's transaction; changes take turns. @returns the policy before and after */
  async change(em: EntityManager, changes: Partial<Policy>): Promise<{ before: Policy; after: Policy }> {
    await em.execute("select pg_advisory_xact_lock(hashtext('kindly.access-policy'))");
    const before = await this.current(em);
    await em.upsert(AccessPolicy, { ...NOTHING, ...before, ...changes, id: INSTALLATION });
    return { before, after: await this.current(em) };
  }
}
