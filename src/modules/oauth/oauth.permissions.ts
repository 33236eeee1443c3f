import { declarePermissions, NAMED_ONLY, ORDINARY } from '../../kernel/access/permission.js';

/** What a credential may do with OAuth clients. */
export const OAUTH_PERMISSIONS = declarePermissions({
  'read:oauth_clients': ORDINARY,
  'write:oauth_clients': NAMED_ONLY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof OAUTH_PERMISSIONS> {}
}
