import { once } from 'node:events';
import { createServer, type NetConnectOpts, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What becomes of the bytes of connections that listen. */
export type ListenerFault =
  /** They pass. */
  | 'none'
  /** They pass this much later, in both directions. */
  | { readonly delayMs: number }
  /** They vanish for good, and nobody is told: the connections are half open. New ones end the same way. */
  | 'silent'
  /** They vanish, but later ones may pass: what a pooler makes of notifications. */
  | 'lossy'
  /** The connections are closed, and new ones as soon as they try to listen. */
  | 'cut';

/** A TCP proxy before PostgreSQL that tells the connections that LISTEN from the others. */
export interface PostgresProxy {
  /** The connection string with the proxy in place of the server. */
  through(url: string): string;
  /** Changes what becomes of the connections that listen; it leaves all others alone. */
  disturbListener(fault: ListenerFault): void;
  /** Closes the next so many connections at once, like a server that is not there yet. */
  refuseNext(count: number): void;
  /** Every connection is half open from now on, new ones as well until {@link resume}: nothing passes, nobody is told. */
  stall(): void;
  /** Lets new connections pass; what was stalled stays half open. */
  resume(): void;
  /** How often the query that looks API keys up has gone through. */
  lookups(): number;
  close(): Promise<void>;
}

const LISTEN_STATEMENT = /listen kindly_/i;
/** The statement that looks keys up, named in each Bind message after an unnamed portal. */
const KEY_LOOKUP = '\0find-api-keys\0';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isListener: boolean;
  isHalfOpen: boolean;
}

/** Starts a proxy on a free port of 127.0.0.1 before the server of a connection string (`?host=` may be a directory). */
export async function startPostgresProxy(url: string): Promise<PostgresProxy> {
  const target = targetOf(url);
  const pairs = new Set<Pair>();
  let fault: ListenerFault = 'none';
  let isStalled = false;
  let refusals = 0;
  let lookups = 0;

  const forward = (pair: Pair, to: Socket, chunk: Buffer): void => {
    if (pair.isHalfOpen) return;
    if (!pair.isListener || fault === 'none') to.write(chunk);
    else if (fault === 'cut') end(pair);
    else if (fault === 'silent') pair.isHalfOpen = true;
    else if (fault !== 'lossy') setTimeout(() => to.writable && to.write(chunk), fault.delayMs).unref();
  };

  const server = createServer((client) => {
    if (refusals > 0) {
      refusals -= 1;
      client.destroy();
      return;
    }
    const pair: Pair = { client, server: new Socket(), isListener: false, isHalfOpen: isStalled };
    pairs.add(pair);
    pair.server.connect(target);
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (LISTEN_STATEMENT.test(text)) pair.isListener = true;
      lookups += text.split(KEY_LOOKUP).length - 1;
      forward(pair, pair.server, chunk);
    });
    pair.server.on('data', (chunk) => forward(pair, client, chunk));
    for (const socket of [client, pair.server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // the other side of a half-open connection never hears of it
        if (pair.isHalfOpen) return;
        end(pair);
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    through: (original) => {
      const proxied = new URL(original);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      proxied.searchParams.delete('host');
      return proxied.toString();
    },
    disturbListener: (next) => {
      fault = next;
      if (fault === 'cut') for (const pair of pairs) if (pair.isListener) end(pair);
    },
    refuseNext: (count) => {
      refusals = count;
    },
    stall: () => {
      isStalled = true;
      for (const pair of pairs) pair.isHalfOpen = true;
    },
    resume: () => {
      isStalled = false;
    },
    lookups: () => lookups,
    close: async () => {
      for (const pair of pairs) end(pair);
      server.close();
      await once(server, 'close');
    },
  };
}

function end({ client, server }: Pair): void {
  client.destroy();
  server.destroy();
}

function targetOf(url: string): NetConnectOpts {
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port || '5432'}` } : { host, port: Number(port || '5432') };
}
