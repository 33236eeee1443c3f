export type { Credential } from './credential.js';
export { CredentialStrategies, type CredentialStrategy } from './credential-strategy.js';
export { CurrentPrincipal } from './current-principal.decorator.js';
export { Invalidations, type InvalidationSubject } from './invalidations.js';
export { Public, Requires, RequiresCredential, RequiresSession } from './requirement.decorator.js';
export { AccessPolicySchema } from './access-policy.entity.js';
export { RequiresStepUp } from './step-up.decorator.js';
export { StepUps, type StepUpStamps } from './step-ups.js';
