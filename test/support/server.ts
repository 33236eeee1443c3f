import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dist');
const READY_DEADLINE_MS = 90_000;
const NODE_FLAGS = ['--max-semi-space-size=16', '--enable-source-maps'];

/** Secrets of all test servers, so that two of them on one database understand each other's tokens. */
export const TEST_SECRETS = {
  KINDLY_MASTER_KEY: 'test-only-master-key-0123456789abcdef',
  JWT_SECRETS: 'test-only-jwt-secret-0123456789abcdef',
} as const;

/** A built application in a process of its own. */
export interface TestServer {
  readonly url: string;
  readonly pid: number;
  /** All that it has written to standard output and standard error. */
  output(): string;
  /** Resolves with its exit code when it has ended, however it does. */
  readonly ended: Promise<number | null>;
  /** Moves its clock; returns its new time in epoch milliseconds. Needs `KINDLY_CLOCK: 'ipc'`. */
  advanceClock(ms: number): Promise<number>;
  setClock(epochMs: number): Promise<number>;
  /** Ends it in order (SIGTERM). @returns its exit code */
  stop(): Promise<number | null>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
}

/**
 * Starts a server on a free port of 127.0.0.1; `environment` adds to or overrides the settings of the tests. The entry
 * `main` does background work as well, `api` does none, `worker` does nothing else and has no URL. `openFilesMax` is its limit
 * on open files and sockets.
 */
export async function startServer(
  environment: Record<string, string>,
  entry: 'main' | 'api' | 'worker' = 'main',
  { openFilesMax }: { openFilesMax?: number } = {},
): Promise<TestServer> {
  const child = fork(join(DIST, `${entry}.js`), {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://localhost:3000',
      LOG_LEVEL: 'info',
      KINDLY_CLOCK: 'ipc',
      KINDLY_DATA_DIR: join(tmpdir(), 'kindly-test-data'),
      DATABASE_POOL_SIZE: '6',
      RATE_LIMIT_ANONYMOUS: '0',
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_AUTHENTICATED: '0',
      ...TEST_SECRETS,
      ...environment,
    },
    ...(openFilesMax === undefined ? { execArgv: NODE_FLAGS } : underLimit(openFilesMax)),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const written: string[] = [];
  const ended = once(child, 'close').then(([code]) => code as number | null);
  child.stdout?.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const url = await readiness(child, () => written.join(''));
  return {
    url: url.replace('localhost', '127.0.0.1'),
    pid: child.pid ?? 0,
    output: () => written.join(''),
    ended,
    advanceClock: (ms) => moveClock(child, { advanceMs: ms }),
    setClock: (epochMs) => moveClock(child, { setMs: epochMs }),
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

/** How `fork` runs Node with less open files than this process has; a shell passes the limit on. */
function underLimit(openFilesMax: number): { execPath: string; execArgv: string[] } {
  const script = `ulimit -n ${openFilesMax}; exec "$@"`;
  return { execPath: '/bin/sh', execArgv: ['-c', script, 'sh', process.execPath, ...NODE_FLAGS] };
}

/** The failure of a server that did not start, with what it said. */
export class StartFailure extends Error {
  readonly exitCode: number | null;
  readonly output: string;

  constructor(exitCode: number | null, output: string) {
    super(`the server ended with ${exitCode} before it was ready:\n${output}`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** Starts a server that cannot start. @returns how it failed @throws Error if it does start */
export async function startFailure(
  environment: Record<string, string>,
  entry: 'main' | 'api' | 'worker' = 'main',
): Promise<StartFailure> {
  try {
    const server = await startServer(environment, entry);
    await server.stop();
  } catch (error) {
    if (error instanceof StartFailure) return error;
    throw error;
  }
  throw new Error('it did start');
}

function readiness(child: ChildProcess, output: () => string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    reject(new StartFailure(null, `${output()}\nnot ready after ${READY_DEADLINE_MS} ms`));
  }, READY_DEADLINE_MS);
  child.on('message', (message: { ready?: string }) => {
    if (message.ready) resolve(message.ready);
  });
  child.once('close', (code) => reject(new StartFailure(code, output())));
  return promise.finally(() => clearTimeout(timer));
}

async function moveClock(child: ChildProcess, move: { advanceMs?: number; setMs?: number }): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const listen = (message: { clockNow?: number }): void => {
    if (message.clockNow === undefined) return;
    child.off('message', listen);
    resolve(message.clockNow);
  };
  child.on('message', listen);
  child.send({ clock: move });
  return promise;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
