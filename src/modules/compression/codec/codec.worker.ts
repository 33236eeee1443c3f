import { parentPort } from 'node:worker_threads';
import { isMovable, ownCopy, yieldToRequests } from '../../../platform/threads/index.js';
import { performJob } from './codec-job.js';
import type { CodecJob } from './codec-job.js';
import { replyOf } from './codec-reply.js';
import type { CodecReply } from './codec-reply.js';

yieldToRequests();

parentPort?.on('message', (job: CodecJob) => {
  const reply = answer(job);
  parentPort?.postMessage(reply, reply.outcome === 'done' ? [reply.output.buffer] : []);
});

function answer(job: CodecJob): CodecReply {
  try {
    const output = performJob(job);
    return { outcome: 'done', output: isMovable(output) ? output : ownCopy(output) };
  } catch (error) {
    return replyOf(error);
  }
}
