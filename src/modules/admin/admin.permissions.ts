import { declarePermissions, NAMED_ONLY } from '../../kernel/access/permission.js';

/** What administrators may do. */
export const ADMIN_PERMISSIONS = declarePermissions({
  'admin:users': NAMED_ONLY,
  'admin:keys': NAMED_ONLY,
  'admin:policy': NAMED_ONLY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof ADMIN_PERMISSIONS> {}
}
