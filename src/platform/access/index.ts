export type { Credential } from './credential.js';
export { CredentialStrategies, type CredentialStrategy } from './credential-strategy.js';
export { CurrentPrincipal } from './current-principal.decorator.js';
export type { InvalidationSubject } from './invalidation-subject.js';
export { Invalidations } from './invalidations.js';
export { Public, Requires, RequiresCredential, RequiresSession } from './requirement.decorator.js';
export type { VerifiedCredential } from './verified-credential.js';
