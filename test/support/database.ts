import { randomBytes } from 'node:crypto';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { world } from './world.ts';

/** Name of the migrated database that all others are copied from; nobody stays connected to it. */
export const TEMPLATE_DATABASE = 'kindly_template';

/** A database of its own for a spec. */
export interface TestDatabase {
  readonly name: string;
  /** Connects as the runtime role of the application. */
  readonly runtimeUrl: string;
  readonly ownerUrl: string;
  /** Runs SQL as the superuser, to look at what is stored. */
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** The connection string of another role and database on the same server. */
export function urlFor(superuserUrl: string, role: string, database: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.pathname = `/${database}`;
  return url.toString();
}

/** Runs statements on a connection of their own; of several the rows of the last one. */
export async function runSql<Row extends QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result: QueryResult<Row> | QueryResult<Row>[] = await client.query<Row>(sql, [...values]);
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** Wraps a database that exists. */
export function existingDatabase(name: string, superuserUrl = world().superuserUrl): TestDatabase {
  const asSuperuser = urlFor(superuserUrl, 'postgres', name);
  return {
    name,
    runtimeUrl: urlFor(superuserUrl, 'kindly_app', name),
    ownerUrl: urlFor(superuserUrl, 'kindly_owner', name),
    query: (sql, values) => runSql(asSuperuser, sql, values),
    drop: async () => {
      await runSql(superuserUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Makes a fresh, migrated database by copying the template (some tens of milliseconds). */
export async function createDatabase(superuserUrl = world().superuserUrl): Promise<TestDatabase> {
  const name = `kindly_${randomBytes(6).toString('hex')}`;
  await runSql(superuserUrl, `create database ${name} template ${TEMPLATE_DATABASE} owner kindly_owner`);
  return existingDatabase(name, superuserUrl);
}
