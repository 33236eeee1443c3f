import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const DIST = join(import.meta.dirname, '../../dist');

/** Known to the benchmarks, so that they can make tokens. */
export const SECRETS = {
  KINDLY_MASTER_KEY: 'bench-only-master-key-0123456789abcdef',
  JWT_SECRETS: 'bench-only-jwt-secret-0123456789abcdef',
} as const;

/** The issuer of the servers' tokens. */
export const PUBLIC_URL = 'http://localhost:3000';

/** A PostgreSQL of its own for a benchmark, with the durability that it has in production. */
export interface BenchWorld {
  readonly postgresPid: number;
  /** Makes a migrated database. */
  createDatabase(name: string): Promise<BenchDatabase>;
  /** Superuser connection string of a database. */
  urlOf(user: string, database: string): string;
  close(): Promise<void>;
}

export interface BenchDatabase {
  readonly name: string;
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Starts the built application on it; `settings` are added to the environment. */
  startServer(settings?: Record<string, string>): Promise<BenchServer>;
}

export interface BenchServer {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the PostgreSQL. */
export async function openBenchWorld(): Promise<BenchWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-bench-'));
  const { startEmbeddedPostgres } = (await import(
    join(DIST, 'platform/database/embedded/index.js')
  )) as typeof import('../../src/platform/database/embedded/index.ts');
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
  const urlOf = (user: string, database: string): string =>
    `postgresql://${user}@localhost:${postgres.port}/${database}?host=${encodeURIComponent(postgres.host)}`;
  const query = async <Row extends object>(
    database: string,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => {
    const client = new Client({ connectionString: urlOf(postgres.user, database) });
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  await query(
    'postgres',
    'create role kindly_owner login; create role kindly_app login; create role kindly_runtime nologin; ' +
      'grant kindly_runtime to kindly_app, kindly_owner',
  );
  return {
    postgresPid: Number(readFileSync(join(postgres.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]),
    urlOf,
    createDatabase: async (name) => {
      await query('postgres', `create database ${name} owner kindly_owner`);
      const environment = {
        PATH: process.env.PATH,
        ...SECRETS,
        LOG_LEVEL: 'warn',
        KINDLY_DATA_DIR: join(directory, 'data'),
        DATABASE_URL: urlOf('kindly_app', name),
        DATABASE_MIGRATION_URL: urlOf('kindly_owner', name),
      };
      execFileSync(process.execPath, [join(DIST, 'cli.js'), 'migrate'], { env: environment });
      return {
        name,
        query: (sql, values) => query(name, sql, values),
        startServer: (settings) => startServer({ ...environment, ...settings }),
      };
    },
    close: async () => {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startServer(environment: Record<string, string | undefined>): Promise<BenchServer> {
  const child = fork(join(DIST, 'main.js'), {
    // as `npm start` has it: what is measured is what is run
    execArgv: ['--max-semi-space-size=16', '--enable-source-maps'],
    env: {
      ...environment,
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL,
      RATE_LIMIT_ANONYMOUS: '0',
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_AUTHENTICATED: '0',
      NODE_ENV: 'development',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { ready } = await readyMessage(child);
  const { port } = new URL(ready);
  return {
    port: Number(port),
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

async function readyMessage(child: ChildProcess): Promise<{ ready: string }> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'close').then(([code]) => {
      throw new Error(`the server ended with ${String(code)} before it was ready`);
    }),
  ])) as [{ ready: string }];
  return message;
}
