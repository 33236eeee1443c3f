import type { z } from 'zod';
import type { Policy } from '../../../platform/access/index.js';
import type { PolicyChanges, PolicyView } from './admin-policy.dto.js';

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

/** The parts of the policy that a body names. */
export function termsOf(changes: z.infer<typeof PolicyChanges>): Partial<Policy> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([field, value]) => [TERM_OF_FIELD[field as keyof View], value]));
}

/** The policy as the API shows it. */
export function viewPolicy(policy: Policy): View {
  return {
    key_life_days_max: policy.keyLifeDaysMax,
    prod_keys_need_ip_list: policy.prodKeysNeedIpList,
    forbid_wildcards: policy.forbidWildcards,
    keys_per_user_max: policy.keysPerUserMax,
    step_up_before_minting: policy.stepUpBeforeMinting,
    administrators_need_mfa: policy.administratorsNeedMfa,
  };
}
