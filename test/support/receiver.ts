import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a receiver got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body, parsed. */
  readonly event: { readonly id: string; readonly type: string; readonly created_at: string; readonly data: object };
  readonly path: string;
}

/** Answers a request; the default is 200. */
export type Behaviour = (response: ServerResponse, received: Received) => void;

/** A customer's server that webhooks go to. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** From now on it answers like this. */
  behave(behaviour: Behaviour): void;
  /** Requests of one event type. */
  of(type: string): Received[];
  stop(): Promise<void>;
}

export const accept: Behaviour = (response) => response.end('thank you');

/** A behaviour that answers with a status. */
export function answerWith(status: number, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    response.writeHead(status, headers);
    response.end();
  };
}

/** Starts a receiver on a free port of 127.0.0.1. */
export async function startReceiver(initial: Behaviour = accept): Promise<Receiver> {
  let behaviour = initial;
  const received: Received[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const got: Received = {
      headers: request.headers,
      body,
      event: JSON.parse(body) as Received['event'],
      path: request.url ?? '',
    };
    received.push(got);
    behaviour(response, got);
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    behave: (next) => {
      behaviour = next;
    },
    of: (type) => received.filter(({ event }) => event.type === type),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
