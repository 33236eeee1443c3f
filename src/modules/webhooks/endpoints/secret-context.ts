import type { SealContext } from '../../../kernel/crypto/seal.js';
import type { SealedColumn } from '../../../platform/sealing/index.js';

const PLACE = { purpose: 'webhook-secret', table: 'webhook_endpoints' } as const;

/** The columns that hold secrets of endpoints. */
export const WEBHOOK_SECRET_COLUMNS: readonly SealedColumn[] = ['secret_sealed', 'previous_secret_sealed'].map(
  (column) => ({ ...PLACE, column, rowColumn: 'id', ownerColumn: 'owner_id' }),
);

/** Where the secrets of an endpoint are sealed for: the current and the previous one for the same place. */
export function secretContext(endpointId: string, ownerId: string): SealContext {
  return { ...PLACE, row: endpointId, owner: ownerId };
}
