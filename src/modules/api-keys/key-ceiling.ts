import type { Reach } from '../../kernel/access/ceiling.js';
import { PermissionSet } from '../../kernel/access/permission.js';
import { SIGNATURE_SCHEMES } from '../../kernel/access/signature-policy.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import type { ApiKey } from './api-key.entity.js';
import { type KeyTerms, termsOf } from './key-terms.js';

const [WEAKEST] = SIGNATURE_SCHEMES;

/** Stands for the counter of a key that does not exist yet and will have one of its own. */
const NEW_COUNTER = 'new';

/** The reach of a key with these terms, whose quota is drawn from a counter; null: a counter of its own. */
export function reachOfTerms(terms: KeyTerms, counterId: string | null): Reach {
  return {
    permissions: PermissionSet.ofGrants(terms.permissions),
    networks: NetworkPolicy.of({ allowed: terms.allowedIps, denied: terms.deniedIps }),
    expiresAt: terms.expiresAt?.getTime() ?? null,
    quota: terms.quota && { counterId: counterId ?? NEW_COUNTER, ...terms.quota },
    requiredSignature: terms.requireSignature ? (terms.minSignature ?? WEAKEST) : null,
  };
}

/** The same with an end (epoch milliseconds) that is known already; null: there is none. */
export function endingBy(reach: Reach, endMs: number | null): Reach {
  const ends = [reach.expiresAt, endMs].filter((end) => end !== null);
  return { ...reach, expiresAt: ends.length > 0 ? Math.min(...ends) : null };
}

/** The reach of a stored key, ended by what is known of its end. */
export function reachAsItStands(key: ApiKey): Reach {
  return endingBy(reachOfTerms(termsOf(key), key.quotaCounterId), key.revokeAt?.getTime() ?? null);
}
