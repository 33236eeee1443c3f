import { z } from 'zod';
import { permissionNames } from '../../kernel/access/permission.js';
import { IdView } from '../../platform/http/validation/index.js';
import { AddressInput } from './address.dto.js';

/** Body of `verifyApiKey`. Any text may be asked about: what is not a key is not valid. */
export const Verification = z
  .strictObject({
    key: z.string().max(8_192),
    permissions: z
      .lazy(() => z.array(z.enum(permissionNames())).max(permissionNames().length))
      .optional()
      .meta({ description: 'What the key must be allowed to do.' }),
    ip: AddressInput.optional().meta({
      description: 'Address of whoever sent the key to you. A key with IP lists is not valid without.',
    }),
  })
  .meta({ id: 'Verification' });

/** Why a key is not valid, as its owner may know it. */
export const VERIFICATION_REASONS = [
  'not_found',
  'revoked',
  'expired',
  'quarantined',
  'owner_disabled',
  'signature_required',
  'ip_not_allowed',
  'insufficient_permissions',
  'quota_exceeded',
] as const;
export type VerificationReason = (typeof VERIFICATION_REASONS)[number];

/** Answer of `verifyApiKey`. */
export const VerificationView = z
  .object({
    valid: z.boolean(),
    code: z
      .enum(['AUTH_004', 'AUTH_005', 'AUTH_009', 'AUTH_011', 'AUTH_013'])
      .optional()
      .meta({ description: 'What a request with the key would be refused with; only if it is not valid.' }),
    reason: z.enum(VERIFICATION_REASONS).optional(),
    key_id: IdView.nullable(),
    owner_id: IdView.nullable(),
    permissions: z
      .array(z.lazy(() => z.enum(permissionNames())))
      .meta({ description: 'All that the key may do, wildcards resolved.' }),
    remaining_quota: z.int().nullable().meta({ description: 'Requests left; null: no quota, or not valid.' }),
  })
  .meta({ id: 'VerificationResult' });
