import type { TestDatabase } from './database.ts';

/**
 * Puts the clock of a database ahead of the system's. The connections that are to see it must have been opened after the
 * first call: a function of the schema `public` then stands before PostgreSQL's own.
 */
export async function setDatabaseClockAhead(database: TestDatabase, ms: number): Promise<void> {
  await database.query(
    `create or replace function public.statement_timestamp() returns timestamptz language sql stable
         as $$ select pg_catalog.statement_timestamp() + interval '${ms} ms' $$;
     alter database ${database.name} set search_path = public, pg_catalog`,
  );
}
