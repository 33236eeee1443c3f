import type { SealContext } from '../../kernel/crypto/seal.js';

/** Where the secrets of an endpoint are sealed for: the current and the previous one for the same place. */
export function secretContext(endpointId: string, ownerId: string): SealContext {
  return { purpose: 'webhook-secret', table: 'webhook_endpoints', row: endpointId, owner: ownerId };
}
