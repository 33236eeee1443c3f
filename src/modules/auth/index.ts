export { AuthModule } from './auth.module.js';
export { PageLogin } from './page-login.js';
export { RefreshSecretUsage } from './refresh-secret-usage.js';
export { Session, SessionSchema } from './session.entity.js';
export { SessionsService } from './sessions.service.js';
