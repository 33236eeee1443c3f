export { AmbientRequests } from './ambient-requests.js';
export { CsrfCookie } from './csrf-cookie.js';
export { CsrfGuard } from './csrf.guard.js';
export { CsrfModule } from './csrf.module.js';
export { judgeOrigin, type OriginVerdict } from './request-origin.js';
