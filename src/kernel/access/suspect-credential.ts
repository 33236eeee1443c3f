import type { PrincipalKind } from './principal.js';

/** A known credential that does not verify; whoever presents it is told nothing of this. */
export interface SuspectCredential {
  readonly ownerId: string;
  readonly kind: PrincipalKind;
  readonly credentialId: string;
  /** What its owner may know: `revoked`, `expired`, `owner_disabled`. */
  readonly reason: string;
}
