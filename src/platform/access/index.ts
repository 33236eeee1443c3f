export { Administrators, type SecondFactorHolders } from './administrators.js';
export { BasicForClients } from './basic-for-clients.decorator.js';
export { type Credential, digestOfCredential } from './credential.js';
export { CredentialStrategies, type CredentialStrategy } from './credential-strategy.js';
export { CurrentPrincipal } from './current-principal.decorator.js';
export { InvalidationFeed } from './invalidation-feed.js';
export { type InvalidationListener, InvalidationListeners } from './invalidation-listeners.js';
export type { InvalidationSubject } from './invalidation-subject.js';
export { Lineage, type LineEnd, type MintedKind } from './lineage.js';
export { Invalidations } from './invalidations.js';
export {
  KEY_ALARM_KINDS,
  type KeyAlarmKind,
  type KeyAlarmListener,
  type KeyAlarmRegister,
  KeyAlarms,
  type RaisedAlarm,
} from './key-alarms.js';
export { Principals } from './principals.js';
export { Public, Requires, RequiresCredential, RequiresSession } from './requirement.decorator.js';
export { AccessPolicies, type Policy } from './access-policies.js';
export { AccessPolicySchema } from './access-policy.entity.js';
export { RequiresStepUp } from './step-up.decorator.js';
export { SessionCookie } from './session-cookie.js';
export { StepUps, type StepUpStamps } from './step-ups.js';
export type { VerifiedCredential } from './verified-credential.js';
