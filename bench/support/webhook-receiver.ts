// The receiver of the webhook benchmark, a process of its own: tells when each request came first, and answers a share of
// them with 500.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the benchmark asks of it. */
export type ReceiverOrder = { readonly failOneIn: number } | 'take';

/** When each request came, in fractions of epoch milliseconds, by its `webhook-id`. Repeats do not count. */
export type Arrivals = [id: string, at: number][];

let failOneIn = Number.POSITIVE_INFINITY;
let seen = 0;
let arrivals = new Map<string, number>();

const server = createServer((incoming, response) => {
  const id = String(incoming.headers['webhook-id']);
  incoming.resume().once('end', () => {
    if (!arrivals.has(id)) arrivals.set(id, performance.timeOrigin + performance.now());
    seen += 1;
    response.statusCode = seen % failOneIn === 0 ? 500 : 200;
    response.end('ok');
  });
}).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', (order: ReceiverOrder) => {
  if (order === 'take') {
    process.send?.({ arrivals: [...arrivals] });
    arrivals = new Map();
  } else {
    failOneIn = order.failOneIn;
  }
});
