import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { performJob } from './codec-job.js';
import type { CodecJob } from './codec-job.js';
import { replyOf } from './codec-reply.js';
import type { CodecReply } from './codec-reply.js';
import { isMovable, ownCopy } from './pack-job.js';

const NICENESS = 10;

// On Linux, priority belongs to the thread: compression yields to requests and password hashing. Elsewhere it would be
// the whole process that yields.
if (process.platform === 'linux') {
  setPriority(0, NICENESS);
}

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
