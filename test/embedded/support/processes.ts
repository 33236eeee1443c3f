import { spawnSync } from 'node:child_process';

/** A process as `ps` shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly state: string;
  readonly args: string;
}

/** All processes of the machine, zombies included. */
export function listProcesses(): ProcessEntry[] {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parentPid, state = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parentPid: Number(parentPid), state, args }];
  });
}

/** Command lines of living processes that name `text`. */
export function commandLinesNaming(text: string): string[] {
  return listProcesses()
    .filter(({ state, args }) => !state.startsWith('Z') && args.includes(text))
    .map(({ args }) => args);
}

/** Whether a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  return listProcesses().some((entry) => entry.pid === pid && !entry.state.startsWith('Z'));
}
