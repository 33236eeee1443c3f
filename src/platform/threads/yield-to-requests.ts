import { setPriority } from 'node:os';

const NICENESS = 10;

/**
 * Lowers the priority of the calling thread below that of requests and of password hashing. Only on Linux, where
 * priority belongs to the thread: elsewhere it would be the whole process that yields.
 */
export function yieldToRequests(): void {
  if (process.platform === 'linux') setPriority(0, NICENESS);
}
