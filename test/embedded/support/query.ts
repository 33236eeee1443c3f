import { Client, type QueryResultRow } from 'pg';
import type { StartedServer } from './starter.js';

/** Runs statements on a server over a connection of their own and gives the rows of the last one. */
export async function query<Row extends QueryResultRow>(
  server: StartedServer,
  ...statements: string[]
): Promise<Row[]> {
  const client = new Client({ host: server.host, port: server.port, user: server.user, database: 'postgres' });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) ({ rows } = await client.query<Row>(statement));
    return rows;
  } finally {
    await client.end();
  }
}
