import { Client } from 'pg';
import { codeOf } from '../../kernel/errors/code-of.js';
import { DatabaseStartError } from './database-start-error.js';

/** The same for all processes: what one has left on a pooler's server connection, the next runs into. */
const PROBE = { name: 'kindly-probe', text: 'select 1' };

/** In one round a pooler that is busy may by chance give two sessions server connections of their own. */
const ROUNDS = 3;

/** SQLSTATE of a statement name that is taken, and of one that is unknown: of another session that had the connection before. */
const MIXED_UP = new Set(['42P05', '26000']);

/**
 * Makes sure that prepared statements belong to the session that prepared them, as the frequent queries need it. A pooler in
 * transaction mode that does not keep track of them mixes the sessions up, and requests fail here and there, under load.
 * @throws DatabaseStartError behind such a pooler
 */
export async function requirePreparedStatements(url: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await withTwoClients(url, prepareOnBoth);
}

async function prepareOnBoth(clients: readonly Client[]): Promise<void> {
  try {
    for (const client of [...clients, ...clients]) await client.query(PROBE);
  } catch (error) {
    if (!MIXED_UP.has(codeOf(error) ?? '')) throw error;
    throw new DatabaseStartError(
      'The connection pooler of DATABASE_URL mixes up the prepared statements of its clients. In PgBouncer set ' +
        'max_prepared_statements = 200 (1.21 or newer) or pool_mode = session, or let DATABASE_URL lead past it.',
      { cause: error },
    );
  }
}

async function withTwoClients(url: string, work: (clients: readonly Client[]) => Promise<void>): Promise<void> {
  const clients = [new Client({ connectionString: url }), new Client({ connectionString: url })];
  try {
    for (const client of clients) await client.connect();
    await work(clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
