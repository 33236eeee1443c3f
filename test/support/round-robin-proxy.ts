import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often a server is asked whether it is ready, in milliseconds. */
const PROBE_INTERVAL_MS = 100;

/** A load balancer as simple as can be: it never tries a request again. */
export interface RoundRobinProxy {
  readonly url: string;
  /** Sends requests to one more server, as long as that says that it is ready. Resolves when it has said so. */
  add(serverUrl: string): Promise<void>;
  close(): Promise<void>;
}

/** One server behind the proxy. */
class Backend {
  readonly url: URL;
  readonly agent = new Agent({ keepAlive: true });
  isReady = false;

  constructor(url: string) {
    this.url = new URL(url);
  }

  async probe(): Promise<void> {
    const response = await fetch(new URL('/health/ready', this.url)).catch(() => null);
    await response?.arrayBuffer();
    this.isReady = response?.ok ?? false;
  }
}

/** Starts a proxy on a free port of 127.0.0.1 that takes turns among the servers that are ready. */
export async function startRoundRobinProxy(): Promise<RoundRobinProxy> {
  const backends: Backend[] = [];
  let turn = 0;
  const server = createServer((incoming, response) => {
    const ready = backends.filter(({ isReady }) => isReady);
    turn += 1;
    const backend = ready[turn % ready.length];
    if (backend) pass(backend, incoming, response);
    else response.writeHead(502).end('nobody is ready');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const timer = setInterval(() => void Promise.all(backends.map((backend) => backend.probe())), PROBE_INTERVAL_MS);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    add: async (serverUrl) => {
      const backend = new Backend(serverUrl);
      await backend.probe();
      backends.push(backend);
    },
    close: async () => {
      clearInterval(timer);
      for (const { agent } of backends) agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass({ url, agent }: Backend, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url: path = '/', headers } = incoming;
  const { connection: _, ...forwarded } = headers;
  const outgoing = request(new URL(path, url), { method, agent, headers: forwarded });
  outgoing.once('error', (error) => response.writeHead(502).end(`the server failed: ${error.message}`));
  outgoing.once('response', (answer) => {
    const { connection: _hop, 'keep-alive': _keep, 'transfer-encoding': _coding, ...rest } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, rest);
    answer.pipe(response);
  });
  incoming.pipe(outgoing);
}
