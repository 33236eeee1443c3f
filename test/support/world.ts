// What the global set-up leaves for the spec files: one PostgreSQL, a migrated template database, and two servers
// on one database that most specs share.

/** Addresses of the test world; handed to the workers through the environment. */
export interface World {
  /** Superuser connection to the `postgres` database. */
  readonly superuserUrl: string;
  /** Two server processes on one database, rate limits off, the system's clock. */
  readonly servers: readonly [string, string];
  /** Database of the two shared servers. */
  readonly sharedDatabase: string;
}

const VARIABLE = 'KINDLY_TEST_WORLD';

export function publishWorld(published: World): void {
  process.env[VARIABLE] = JSON.stringify(published);
}

export function world(): World {
  const text = process.env[VARIABLE];
  if (!text) throw new Error('the global set-up has not run');
  return JSON.parse(text) as World;
}
