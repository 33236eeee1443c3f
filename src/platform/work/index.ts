export { PacedRounds } from './paced-rounds.js';
export { prepareJobs } from './prepare-jobs.js';
export { type ScheduledJob, ScheduledJobs } from './scheduled-jobs.js';
export { WorkLoop } from './work-loop.js';
export { WorkModule } from './work.module.js';
export type { Worker } from './worker.js';
export { Workers } from './workers.js';
