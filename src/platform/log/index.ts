export { createLog, type Log, LOG, NestLog } from './log.js';
