export { createLog, type Log, LOG, NestLog } from './log.js';
export { redact } from './redact.js';
