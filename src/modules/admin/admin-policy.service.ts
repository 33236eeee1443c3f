import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { AccessPolicies, isLooser, type Policy, StepUps } from '../../platform/access/index.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { Database } from '../../platform/database/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { KeyAdministration } from '../api-keys/index.js';
import { MfaService } from '../mfa/index.js';
import type { PolicyChanges, PolicyView, ViolationPage, ViolationQuery } from './admin-policy.dto.js';

type View = z.infer<typeof PolicyView>;

/** Under which name the client knows each part of the policy. */
const TERM_OF_FIELD: Readonly<Record<keyof View, keyof Policy>> = {
  key_life_days_max: 'keyLifeDaysMax',
  prod_keys_need_ip_list: 'prodKeysNeedIpList',
  forbid_wildcards: 'forbidWildcards',
  keys_per_user_max: 'keysPerUserMax',
  step_up_before_minting: 'stepUpBeforeMinting',
  administrators_need_mfa: 'administratorsNeedMfa',
};

/** The policy of the installation, and what it finds fault with. */
@Injectable()
export class AdminPolicyService {
  constructor(
    private readonly database: Database,
    private readonly policies: AccessPolicies,
    private readonly keys: KeyAdministration,
    private readonly mfa: MfaService,
    private readonly stepUps: StepUps,
    private readonly trail: AuditTrail,
  ) {}

  get(): Promise<View> {
    return this.database.read(async (em) => viewPolicy(await this.policies.current(em)));
  }

  /**
   * Changes what the body names. To demand more, the permission is enough; to demand less takes an administrator in person.
   * @throws AppError REQ_006 if the caller would be shut out by it; AUTH_009, AUTH_006
   */
  update(caller: Principal, changes: z.infer<typeof PolicyChanges>): Promise<View> {
    return this.database.transaction(async (em) => {
      if (changes.administrators_need_mfa && !(await this.mfa.enabledAmong(em, [caller.userId])).has(caller.userId)) {
        throw new AppError('REQ_006', { detail: 'Enable MFA for yourself before you demand it of administrators.' });
      }
      const { before, after } = await this.policies.change(em, termsOf(changes));
      if (isLooser(after, before)) await this.stepUps.assertInPerson(em, caller);
      const data = { before: viewPolicy(before), after: viewPolicy(after) };
      this.trail.record(em, { type: 'admin.policy_changed', ownerId: null, data });
      return data.after;
    });
  }

  /** Keys that were made under another policy and are not in order under this one. */
  async violations(
    query: z.infer<typeof ViolationQuery>,
  ): Promise<Page<z.infer<typeof ViolationPage>['data'][number]>> {
    const found = await this.keys.violators(query);
    return toPage(found, query.limit, ({ key, faults }) => ({ key, errors: [...faults] }));
  }
}

function termsOf(changes: z.infer<typeof PolicyChanges>): Partial<Policy> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([field, value]) => [TERM_OF_FIELD[field as keyof View], value]));
}

function viewPolicy(policy: Policy): View {
  return {
    key_life_days_max: policy.keyLifeDaysMax,
    prod_keys_need_ip_list: policy.prodKeysNeedIpList,
    forbid_wildcards: policy.forbidWildcards,
    keys_per_user_max: policy.keysPerUserMax,
    step_up_before_minting: policy.stepUpBeforeMinting,
    administrators_need_mfa: policy.administratorsNeedMfa,
  };
}
