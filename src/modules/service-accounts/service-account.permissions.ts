import { declarePermissions, NAMED_ONLY, ORDINARY } from '../../kernel/access/permission.js';

/** What a credential may do with service accounts. */
export const SERVICE_ACCOUNT_PERMISSIONS = declarePermissions({
  'read:service_accounts': ORDINARY,
  'write:service_accounts': NAMED_ONLY,
});

declare module '../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof SERVICE_ACCOUNT_PERMISSIONS> {}
}
