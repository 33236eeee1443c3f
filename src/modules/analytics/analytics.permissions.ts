import { declarePermissions, ORDINARY } from '../../kernel/access/permission.js';

/** What a credential may do with usage and analytics. */
export const ANALYTICS_PERMISSIONS = declarePermissions({
  'read:analytics': ORDINARY,
  'write:analytics': ORDINARY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof ANALYTICS_PERMISSIONS> {}
}
