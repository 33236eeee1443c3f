import { declarePermissions, ORDINARY } from '../../../kernel/access/permission.js';

/** What a credential may do with webhook endpoints. */
export const WEBHOOK_PERMISSIONS = declarePermissions({
  'read:webhooks': ORDINARY,
  'write:webhooks': ORDINARY,
});

declare module '../../../kernel/access/permission.js' {
  interface Permissions extends Readonly<typeof WEBHOOK_PERMISSIONS> {}
}
