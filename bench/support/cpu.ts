import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds in a tick of /proc (Linux: 100 a second). */
const TICK_US = 10_000;

/** Fields of /proc/<pid>/stat after the name, which may itself hold spaces and parentheses. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** CPU time of a process so far, user and system, in microseconds. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** CPU time of the living children of a process so far (the backends of a PostgreSQL), in microseconds. */
export function cpuOfChildren(parent: number): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Number(statOf(Number(name))[1]) === parent) sum += cpuOf(Number(name));
    } catch {
      // it ended meanwhile
    }
  }
  return sum;
}
