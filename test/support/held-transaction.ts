import { Client } from 'pg';
import { until } from './until.ts';

/** A transaction that has changed something and not yet committed: whoever wants to lock the same row waits for it. */
interface HeldTransaction {
  /** Resolves once so many statements of others wait for this transaction. */
  awaitWaiters(count: number): Promise<void>;
  /** Commits; those who wait go on, and see what has been changed. */
  commit(): Promise<void>;
  /** Ends the connection; what has not been committed is undone. */
  close(): Promise<void>;
}

const COUNT_WAITERS = `
  select count(*)::int as count from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))`;

/** Runs a statement in a transaction that stays open, as the role of the connection string. */
async function holdTransaction(
  url: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<HeldTransaction> {
  const connection = new Client({ connectionString: url });
  await connection.connect();
  await connection.query('begin');
  await connection.query(statement, [...values]);
  const waiters = async (): Promise<number> =>
    (await connection.query<{ count: number }>(COUNT_WAITERS)).rows[0]?.count ?? 0;
  return {
    awaitWaiters: (count) => until(async () => (await waiters()) >= count, 10_000),
    commit: async () => {
      await connection.query('commit');
    },
    close: () => connection.end(),
  };
}

/** Lets a request come as far as what `change` has locked and not yet committed, then commits it. @returns the answer */
export async function duringChange<T>(
  url: string,
  change: string,
  values: readonly unknown[],
  request: () => Promise<T>,
): Promise<T> {
  const held = await holdTransaction(url, change, values);
  try {
    const answer = request();
    await held.awaitWaiters(1);
    await held.commit();
    return await answer;
  } finally {
    await held.close();
  }
}
