import { withinRole } from '../../kernel/access/ceiling.js';
import type { Principal } from '../../kernel/access/principal.js';
import { SIGNATURE_SCHEMES } from '../../kernel/access/signature-policy.js';
import { endingBy, reachOfTerms } from './key-ceiling.js';
import type { StoredKey } from './stored-keys.js';

/** The caller that a live key stands for. It ends with the key, however that comes to its end. */
export function principalOf(key: StoredKey): Principal {
  const { terms } = key;
  const own = endingBy(reachOfTerms(terms, key.quotaCounterId), key.revokeAt?.getTime() ?? null);
  const { permissions, networks, expiresAt, quota } = withinRole(own, key.ownerRole);
  const isSigningConcern = terms.requireSignature || terms.minSignature !== null;
  return Object.freeze({
    kind: 'api_key',
    method: 'api_key',
    userId: key.ownerId,
    role: key.ownerRole,
    credentialId: key.id,
    keyId: key.id,
    grants: terms.permissions,
    permissions,
    networks,
    expiresAt,
    credentialExpiresAt: expiresAt,
    quota,
    signaturePolicy: isSigningConcern
      ? { isRequired: terms.requireSignature, minimum: terms.minSignature ?? SIGNATURE_SCHEMES[0] }
      : null,
    isEnding: key.revokeAt !== null,
  } satisfies Principal);
}
