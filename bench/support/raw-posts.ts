import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { Client } from 'undici';

/** Of the data of an event; the body is then some 236 bytes long. */
export const FILLER = 'x'.repeat(96);

/** What a raw loop sends: so many requests over each of its connections, one at a time. */
export interface RawLoad {
  readonly url: string;
  readonly connections: number;
  readonly requests: number;
  /** What the head holds beside that which HTTP needs. */
  readonly head: Readonly<Record<string, string>>;
}

/** Posts with `node:http`. */
export async function postByNode({ url, connections, requests, head }: RawLoad): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const body = rawBody();
  const headers = { ...head, 'content-length': Buffer.byteLength(body) };
  const post = (path: string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const outgoing = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', resolve);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
    return promise;
  };
  await onEach(connections, async (index) => {
    for (let sent = 0; sent < requests; sent++) await post(`/raw/${index}`);
  });
  agent.destroy();
}

/** Posts with the client that the application uses. */
export async function postByUndici({ url, connections, requests, head }: RawLoad): Promise<void> {
  const body = rawBody();
  await onEach(connections, async (index) => {
    const connection = new Client(url, { allowH2: false });
    for (let sent = 0; sent < requests; sent++) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      connection.dispatch(
        { method: 'POST', path: `/raw/${index}`, headers: head, body },
        {
          // undici asks for all of them
          onRequestStart() {},
          onResponseStart() {},
          onResponseData() {},
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      );
      await promise;
    }
    await connection.close();
  });
}

/** Headers of the size of a webhook's, with signatures that nobody has computed. */
export function signedHead(): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Kindly-Webhooks/1.0',
    'webhook-id': randomUUID(),
    'webhook-timestamp': '1704715200',
    'webhook-signature': `v1,${'A'.repeat(43)}=`,
    'x-kindly-signature': '0'.repeat(64),
    'x-kindly-event': 'api_key.updated',
    'x-kindly-delivery': randomUUID(),
    'x-kindly-sequence': '2500',
  };
}

/** What an event of the benchmark looks like on its way. */
function rawBody(): string {
  const data = { filler: FILLER, number: 250 };
  return JSON.stringify({ id: randomUUID(), type: 'api_key.updated', created_at: '2024-01-08T12:00:00Z', data });
}

async function onEach(connections: number, run: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: connections }, (_, index) => run(index)));
}
