import { z } from 'zod';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { TimeView } from '../../platform/http/index.js';
import { IdView, TextInput } from '../../platform/http/validation/index.js';

const ROLES = ['user', 'admin'] as const;
const USER_STATUSES = ['active', 'locked', 'disabled'] as const;

/** Input: part of what is searched for. */
export const SearchInput = TextInput.trim().min(1).max(100).optional();

/** Query of `listUsers`. */
export const UserQuery = z.strictObject({
  ...pageQueryFields,
  q: SearchInput.meta({ description: 'Part of the name or e-mail address.' }),
  role: z.enum(ROLES).optional(),
  status: z.enum(USER_STATUSES).optional(),
});

/** Body of what an administrator does to somebody: the reason stands in the audit trail. */
export const Reason = z.strictObject({ reason: TextInput.trim().min(3).max(500) }).meta({ id: 'AdministrativeReason' });

/** Body of `changeRole`. */
export const RoleChange = z.strictObject({ role: z.enum(ROLES) }).meta({ id: 'RoleChange' });

/** A user as administrators see it. */
export const AdminUserView = z
  .object({
    id: IdView,
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    status: z.enum(USER_STATUSES),
    email_verified: z.boolean(),
    mfa_enabled: z.boolean(),
    created_at: TimeView,
    locked_at: TimeView.nullable(),
    disabled_at: TimeView.nullable(),
  })
  .meta({ id: 'AdminUser' });

/** Answer of `listUsers`. */
export const AdminUserPage = pageView(AdminUserView).meta({ id: 'AdminUserPage' });

/** Answer of `revokeKeysOfUser`. */
export const RevokedKeysView = z.object({ revoked: z.int() }).meta({ id: 'RevokedKeys' });
