import { z } from 'zod';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { OwnedApiKeyView } from './admin-key.dto.js';

const policyFields = {
  key_life_days_max: z.int().min(1).max(36_500).nullable().meta({ description: 'Longest life of a key; null: any.' }),
  prod_keys_need_ip_list: z
    .boolean()
    .meta({ description: 'Keys for production name the addresses they are used from.' }),
  forbid_wildcards: z.boolean().meta({ description: 'Keys name each of their permissions.' }),
  keys_per_user_max: z
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .meta({ description: 'Most live keys of a user; null: any.' }),
  step_up_before_minting: z.boolean().meta({ description: 'Sessions show a fresh second factor before they mint.' }),
  administrators_need_mfa: z.boolean().meta({ description: 'Administration is closed to users without MFA.' }),
};

/** Answer of `getPolicy` and `updatePolicy`. */
export const PolicyView = z.object(policyFields).meta({ id: 'Policy' });

/** Body of `updatePolicy`: what is left out stays. */
export const PolicyChanges = z.strictObject(policyFields).partial().meta({ id: 'PolicyChanges' });

/** Query of `listPolicyViolations`. */
export const ViolationQuery = z.strictObject(pageQueryFields);

/** Answer of `listPolicyViolations`. */
export const ViolationPage = pageView(
  z.object({
    key: OwnedApiKeyView,
    errors: z.array(z.object({ field: z.string(), message: z.string() })),
  }),
).meta({ id: 'PolicyViolationPage' });
