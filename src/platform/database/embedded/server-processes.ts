import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { OWNER_SETTING } from './server-settings.js';

/** A living PostgreSQL process of one data directory: the postmaster, or a backend that may have outlived it. */
export interface ServerProcess {
  readonly pid: number;
  /** The process that started it, or the system's reaper when that has ended. */
  readonly parentPid: number;
  readonly commandLine: string;
}

/** The living PostgreSQL processes that use a data directory. Zombies use nothing and are not among them. */
export function findServerProcesses(dataDirectory: string): ServerProcess[] {
  if (!existsSync(dataDirectory)) return [];
  return existsSync('/proc/self/cwd') ? findInProc(realpathSync(dataDirectory)) : findWithPs(dataDirectory);
}

/** Pid of the process that started a postmaster, dead or alive; undefined when it is not one of ours. */
export function ownerOf(postmaster: ServerProcess): number | undefined {
  const [, pid] = postmaster.commandLine.split(`${OWNER_SETTING}=`);
  return pid === undefined ? undefined : Number.parseInt(pid, 10);
}

// Every server process has the data directory as its working directory, under whichever path that was reached.
function findInProc(dataDirectory: string): ServerProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => worksIn(pid, dataDirectory))
    .map((pid) => ({ pid: Number(pid), parentPid: readParentPid(pid), commandLine: readCommandLine(pid) }));
}

function worksIn(pid: string, dataDirectory: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/comm`, 'utf8') === 'postgres\n' && readlinkSync(`/proc/${pid}/cwd`) === dataDirectory
    );
  } catch {
    return false; // it has ended, is a zombie, or belongs to another user
  }
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function readParentPid(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return Number.NaN;
  }
}

// Elsewhere only the postmaster can be told by its arguments; PostgreSQL's shared memory check guards the backends.
function findWithPs(dataDirectory: string): ServerProcess[] {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+([^Z]\S*)\s+(.*)$/.exec(line) ?? [])
    .map(([, pid, parentPid, , commandLine = '']) => ({ pid: Number(pid), parentPid: Number(parentPid), commandLine }))
    .filter(({ commandLine }) => commandLine.includes(`/postgres -D ${dataDirectory} `));
}
