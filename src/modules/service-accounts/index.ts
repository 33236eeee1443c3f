export { AccountSuspects } from './account-suspects.js';
export { AssertionFault } from './assertion-fault.js';
export { AssertionsService, type AuthenticatedAccount } from './assertions.service.js';
export { requireAudience, requireTimes, requireType } from './check-assertion-claims.js';
export { ServiceAccount, ServiceAccountSchema } from './service-account.entity.js';
export { ServiceAccountKey, ServiceAccountKeySchema } from './service-account-key.entity.js';
export { ServiceAccountTokens, type TokenGrant } from './service-account-tokens.js';
export { ServiceAccountsModule } from './service-accounts.module.js';
