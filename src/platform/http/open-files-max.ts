import { readFileSync } from 'node:fs';

/** Where the system does not say it in `/proc`. */
const UNKNOWN_LIMIT = 1_024;

/** How many files and sockets this process may have open; Node has raised the soft limit to the hard one at its start. */
export function openFilesMax(): number {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === 'unlimited' ? Infinity : Number(soft ?? UNKNOWN_LIMIT);
  } catch {
    return UNKNOWN_LIMIT;
  }
}
