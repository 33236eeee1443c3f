import { declarePermissions, NAMED_ONLY, ORDINARY } from '../../kernel/access/permission.js';

/** Who may read the audit trail: their own, and everybody’s. */
export const AUDIT_PERMISSIONS = declarePermissions({
  'read:audit': ORDINARY,
  'admin:audit': NAMED_ONLY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof AUDIT_PERMISSIONS> {}
}
