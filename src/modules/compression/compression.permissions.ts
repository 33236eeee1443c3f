import { declarePermissions, ORDINARY } from '../../kernel/access/permission.js';

/** What a credential may do with data. */
export const COMPRESSION_PERMISSIONS = declarePermissions({
  'read:compression': ORDINARY,
  'write:compression': ORDINARY,
  'read:context': ORDINARY,
  'write:context': ORDINARY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof COMPRESSION_PERMISSIONS> {}
}
