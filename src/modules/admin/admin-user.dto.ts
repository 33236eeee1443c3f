import { z } from 'zod';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { TimeView } from '../../platform/http/index.js';
import { IdView, NoteInput, TextInput } from '../../platform/http/validation/index.js';

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

const ReasonInput = NoteInput(500).min(3).meta({ description: 'Stands in the audit trail.' });

/** Body of what an administrator does to somebody. */
export const Reason = z.strictObject({ reason: ReasonInput }).meta({ id: 'AdministrativeReason' });

/** The same of what undoes it, which may go without one. */
export const OptionalReason = z
  .strictObject({ reason: ReasonInput.optional() })
  .prefault({})
  .meta({ id: 'OptionalAdministrativeReason' });

/** Body of `changeRole`. */
export const RoleChange = z.strictObject({ role: z.enum(ROLES), reason: ReasonInput }).meta({ id: 'RoleChange' });

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
