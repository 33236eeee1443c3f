import { parentPort } from 'node:worker_threads';
import { isMovable, ownCopy, yieldToRequests } from '../../../../platform/threads/index.js';
import { type CodecJob, performJob } from './perform-job.js';
import { type CodecReply, packError } from './pack-job.js';

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
    return packError(error);
  }
}
