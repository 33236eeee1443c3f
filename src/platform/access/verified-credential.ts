import type { Principal } from '../../kernel/access/principal.js';
import type { InvalidationSubject } from './invalidation-subject.js';

/**
 * What a strategy hands over once a credential has verified: who calls, and everything whose change may alter or end
 * that. The list cannot be empty, because a principal that depends on nothing could never be taken back.
 */
export interface VerifiedCredential {
  /** Frozen: all requests with the credential share it. */
  readonly principal: Principal;
  readonly dependsOn: readonly [InvalidationSubject, ...InvalidationSubject[]];
}
