export { AccessPolicies, isLooser, type Policy } from './access-policies.js';
export { AccessPolicySchema } from './access-policy.entity.js';
export { AccessModule } from './access.module.js';
export { Administrators, type SecondFactorHolders } from './administrators.js';
export { AuthenticationGuard } from './authentication.guard.js';
export { BasicForClients } from './basic-for-clients.decorator.js';
export { CredentialStrategies, type CredentialStrategy } from './credential-strategy.js';
export { type Credential, digestOfCredential } from './credential.js';
export { CurrentPrincipal } from './current-principal.decorator.js';
export { InvalidationFeed } from './invalidation-feed.js';
export { type InvalidationListener, InvalidationListeners } from './invalidation-listeners.js';
export type { InvalidationSubject } from './invalidation-subject.js';
export { Invalidations } from './invalidations.js';
export {
  KEY_ALARM_KINDS,
  type KeyAlarmKind,
  type KeyAlarmListener,
  type KeyAlarmRegister,
  KeyAlarms,
  type RaisedAlarm,
  USE_ALARM_KINDS,
} from './key-alarms.js';
export { Principals } from './principals.js';
export {
  isPublicRoute,
  Public,
  REQUIREMENT,
  Requires,
  RequiresCredential,
  RequiresSession,
  SECURITY_SCHEMES,
} from './requirement.decorator.js';
export { RequirementGuard } from './requirement.guard.js';
export { Routes } from './routes.js';
export { SessionCookie } from './session-cookie.js';
export { SessionStanding } from './session-standing.js';
export { RequiresStepUp } from './step-up.decorator.js';
export { StepUpGuard } from './step-up.guard.js';
export { StepUps, type StepUpStamps } from './step-ups.js';
export type { VerifiedCredential } from './verified-credential.js';
