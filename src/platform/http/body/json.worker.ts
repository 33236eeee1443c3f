import { parentPort } from 'node:worker_threads';
import { yieldToRequests } from '../../threads/index.js';
import { type JsonJob, performJsonJob } from './json-job.js';

yieldToRequests();

parentPort?.on('message', (job: JsonJob) => {
  const reply = performJsonJob(job);
  parentPort?.postMessage(reply, reply.outcome === 'read' ? [reply.bytes.buffer] : []);
});
