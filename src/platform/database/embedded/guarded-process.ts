import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import type { Stream } from 'node:stream';
import { commandAs, type RunAs } from './run-as.js';

/** A child process that gets SIGINT when this process ends, however it ends. */
export interface GuardedProcess {
  readonly pid: number | undefined;
  /** Exit status: -1 when a signal ended the process or it could not be started. Never rejects. */
  readonly ended: Promise<number>;
  /** The same, once it is known. */
  exitCode(): number | undefined;
  signal(name: NodeJS.Signals): void;
  /** Lets this process end without waiting for the child. */
  unref(): void;
  /** Undoes `unref`. */
  ref(): void;
}

/*
 * File descriptor 3 is a pipe whose other end only this process has; the kernel closes that even on `kill -9`. A
 * watchdog in the background waits for it, then interrupts the command, which keeps the shell's pid ($$) by `exec`.
 * The inner subshell detaches the watchdog: PostgreSQL must not find a child it did not make. A line instead of the end
 * of the pipe says that the command is gone and its pid may be someone else's.
 */
const WITH_WATCHDOG = '( (read -r _ <&3 || kill -INT $$) >/dev/null 2>&1 & ); exec "$@" 3<&-';

/** Starts a command under an identity with a minimal environment; its output goes to the file descriptor `log`. */
export function spawnGuarded(runAs: RunAs, command: readonly [string, ...string[]], log: number): GuardedProcess {
  const { file, args, credentials } = commandAs(runAs, ['/bin/sh', '-c', WITH_WATCHDOG, 'sh', ...command]);
  const child = spawn(file, args, {
    ...credentials,
    cwd: '/', // ours may be closed to the other user
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    detached: true, // Ctrl-C goes to a process group: it must reach the application alone, which then stops PostgreSQL
    stdio: ['ignore', log, log, 'pipe'],
  });
  return guard(child, asSocket(child.stdio[3]));
}

function guard(child: ChildProcess, lifeline: Socket): GuardedProcess {
  let code: number | undefined;
  // The watchdog may be gone before our last line reaches it.
  lifeline.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    const settle = (status: number | null): void => {
      code ??= status ?? -1;
      lifeline.end('ended\n');
      resolve(code);
    };
    child.once('exit', settle);
    child.once('error', () => settle(null));
  });
  return {
    pid: child.pid,
    ended,
    exitCode: () => code,
    signal: (name) => void child.kill(name),
    unref() {
      child.unref();
      lifeline.unref();
    },
    ref: () => child.ref(),
  };
}

function asSocket(stream: Stream | null | undefined): Socket {
  if (stream instanceof Socket) return stream;
  throw new TypeError('a stdio pipe of a child process is a Socket');
}
