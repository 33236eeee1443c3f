import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** The niceness of the codec's own workers. */
const NICENESS = 10;
const TASKS = '/proc/self/task';

/**
 * Lets the threads of the libuv pool, on which streams compress, yield to the event loop, so that requests are answered
 * beside them. On Linux priority belongs to a thread, and may always be given up; elsewhere this does nothing. Passwords
 * are hashed in a process of their own; what else the pool does (names of hosts, files) is rare here.
 */
export async function lowerPoolPriority(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    // the first use of the pool, here by the file system, starts all of its threads
    for (const thread of await readdir(TASKS)) {
      const name = await readFile(`${TASKS}/${thread}/comm`, 'utf8');
      if (name.startsWith('libuv-worker')) setPriority(Number(thread), NICENESS);
    }
  } catch {
    // a system that hides its threads serves streams all the same
  }
}
