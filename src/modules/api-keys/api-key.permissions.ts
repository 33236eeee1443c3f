import { declarePermissions, NAMED_ONLY, ORDINARY } from '../../kernel/access/permission.js';

/** What a credential may do with API keys. */
export const API_KEY_PERMISSIONS = declarePermissions({
  'read:keys': ORDINARY,
  'write:keys': NAMED_ONLY,
  'verify:keys': NAMED_ONLY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof API_KEY_PERMISSIONS> {}
}
