import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { RUNTIME_ROLE } from './runtime-role.js';

/** How much longer than a statement may take a silent server is waited for: its own refusal should arrive first. */
const SILENCE_MARGIN_MS = 2_000;

/** What the driver's client has beyond its types: false while the server owes an answer. */
type ConnectedClient = Client & { readonly readyForQuery: boolean };

/**
 * Prepares a new connection of the pool for requests: it gives up DDL, and neither a statement nor a half-open connection
 * can hold a request up for longer than `queryTimeoutSeconds` and a little. The server ends a transaction whose client
 * has vanished after the same time, and with it its locks.
 */
export async function beginRuntimeSession(client: Client, queryTimeoutSeconds: number): Promise<void> {
  const timeoutMs = queryTimeoutSeconds * 1_000;
  endWhenSilent(client as ConnectedClient, timeoutMs + SILENCE_MARGIN_MS);
  await client.query(
    `set role ${RUNTIME_ROLE}; set statement_timeout = ${timeoutMs}; set idle_in_transaction_session_timeout = ${timeoutMs}`,
  );
}

/**
 * Ends a connection that is owed an answer and has carried nothing for a while. The driver's own `query_timeout` would
 * give up the query alone: the dead connection then goes back to the pool, for the next request to hang on.
 */
function endWhenSilent(client: ConnectedClient, silenceMs: number): void {
  const stream = client.connection.stream as Socket;
  stream.setTimeout(silenceMs, () => {
    if (client.readyForQuery) return;
    stream.destroy(Object.assign(new Error('the database server is silent'), { code: 'ETIMEDOUT' }));
  });
}
