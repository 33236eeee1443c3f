export { PacedRounds } from './paced-rounds.js';
export { RetentionRunSchema } from './retention-run.entity.js';
export { RetentionService } from './retention.service.js';
export { WorkLoop } from './work-loop.js';
export { WorkModule } from './work.module.js';
export type { Worker } from './worker.js';
export { Workers } from './workers.js';
