import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A PgBouncer before a server. */
export interface PgBouncer {
  /** The connection string with PgBouncer in place of the server. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** The PgBouncer of this machine; undefined if there is none. */
export function findPgBouncer(): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return directories.map((directory) => join(directory, 'pgbouncer')).find((path) => existsSync(path));
}

/** Whether a PgBouncer can keep track of prepared statements in transaction mode: from 1.21 on. */
export function canTrackStatements(executable: string): boolean {
  const version = /(\d+)\.(\d+)/.exec(spawnSync(executable, ['--version'], { encoding: 'utf8' }).stdout) ?? [];
  return Number(version[1]) * 1_000 + Number(version[2]) >= 1_021;
}

/** How a PgBouncer deals with sessions. */
interface PoolerOptions {
  readonly mode?: 'transaction' | 'session';
  readonly tracksStatements?: boolean;
}

/** Starts PgBouncer on a free port of 127.0.0.1 before a server that listens on TCP. */
export async function startPgBouncer(
  executable: string,
  targetUrl: string,
  { mode = 'transaction', tracksStatements = false }: PoolerOptions = {},
): Promise<PgBouncer> {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-pgbouncer-'));
  chmodSync(directory, 0o755);
  const port = await freePort();
  const target = new URL(targetUrl);
  const file = join(directory, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
* = host=${target.hostname} port=${target.port} user=${target.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
ignore_startup_parameters = extra_float_digits
${canTrackStatements(executable) ? `max_prepared_statements = ${tracksStatements ? 200 : 0}` : ''}
`,
  );
  // it does not run as root
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(executable, [...user, file], { stdio: 'ignore' });
  await accepts(port, child);
  return {
    through: (url) => {
      const pooled = new URL(url);
      pooled.hostname = '127.0.0.1';
      pooled.port = String(port);
      pooled.searchParams.delete('host');
      return pooled.toString();
    },
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('pgbouncer does not accept connections');
}
