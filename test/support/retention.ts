import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';

/** A process that has just started leaves what is due every hour for a while, and then looks every two seconds. */
const TAKEN_WITHIN_MS = 60_000;

async function takeAll(database: TestDatabase): Promise<void> {
  // the steps are made known by a server, a moment after its start
  await eventually(
    () => database.query("update retention_runs set ran_at = '-infinity' returning 1").then((rows) => rows.length > 0),
    TAKEN_WITHIN_MS,
  );
  await eventually(
    () => database.query("select 1 from retention_runs where ran_at = '-infinity'").then((rows) => rows.length === 0),
    TAKEN_WITHIN_MS,
  );
}

/** Has the one server that does background work erase all that is past its time. Resolves when it is done. */
export async function runRetention(database: TestDatabase): Promise<void> {
  await takeAll(database);
  // a process asks for further runs when it has done a batch of each that it has taken
  await takeAll(database);
}
