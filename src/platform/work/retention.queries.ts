/** Makes known the steps ($1, names) that no process has run before. Sorted, so that two processes cannot deadlock. */
export const ADD_STEPS = `
  insert into retention_runs (name, ran_at) select name, '-infinity' from unnest($1::text[]) as step (name) order by name
  on conflict do nothing`;

/** A step whose run the asking process is to do. */
export interface DueStepRow {
  readonly name: string;
}

/**
 * Takes the due runs of the steps ($1, names; $2, their intervals in milliseconds): each of them is given to one process.
 * A row that another process is taking at the moment is skipped, and looked at again once locked.
 */
export const TAKE_DUE_STEPS = {
  name: 'take-due-retention-steps',
  text: `update retention_runs set ran_at = statement_timestamp() where name = any (array(
           select run.name from retention_runs run join unnest($1::text[], $2::float8[]) as step (name, every_ms) using (name)
            where run.ran_at <= statement_timestamp() - step.every_ms * interval '1 millisecond'
              for update of run skip locked))
         returning name`,
};

/** The rows of a table that are deleted when their time is over. */
export interface AgedRows {
  readonly table: string;
  /** The indexed column with the time that counts. */
  readonly column: string;
  /** Which rows it is about; all unless told. */
  readonly where?: string;
}

/** Deletes rows of before $1, at most $2, the oldest first; rows that another process is deleting are skipped. */
export function deleteAged({ table, column, where = 'true' }: AgedRows): string {
  return `delete from ${table} where ctid = any (array(
            select ctid from ${table} where ${column} < $1 and ${where} order by ${column} limit $2 for update skip locked))`;
}
