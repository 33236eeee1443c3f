export { JobQueue } from './job-queue.js';
export { isMovable, ownCopy } from './movable-memory.js';
export { WorkerCrew } from './worker-crew.js';
export { yieldToRequests } from './yield-to-requests.js';
