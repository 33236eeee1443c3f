import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { publicLookup, type Resolve } from '../targets/resolve-public-address.js';
import type { Answer } from './describe-failure.js';
import { WebhookHttpClient } from './webhook-http-client.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function client(resolve: Resolve | null = null, deadlineMs = 2_000): WebhookHttpClient {
  const made = new WebhookHttpClient({ deadlineMs, lookup: resolve && publicLookup(resolve) });
  closers.push(() => void made.close());
  return made;
}

function postBy(poster: WebhookHttpClient, url: string): Promise<Answer> {
  return poster.post(poster.targetOf('endpoint', url), ['x-test', '1'], '{}');
}

function post(url: string, resolve: Resolve | null = null, deadlineMs?: number): Promise<Answer> {
  return postBy(client(resolve, deadlineMs), url);
}

describe('a request', () => {
  it('is delivered by any 2xx, and keeps the beginning of the answer', async () => {
    const { port } = await listen((_request, response) => {
      response.writeHead(202);
      response.end(`a\u0000b${'é'.repeat(5_000)}`);
    });
    const answer = await post(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ outcome: 'delivered', httpStatus: 202, error: null });
    expect(answer.responseExcerpt).toBe(`a\uFFFDb${'é'.repeat(997)}`);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%s): the target gets nothing', async (status) => {
    let hits = 0;
    const target = await listen((_request, response) => {
      hits += 1;
      response.end();
    });
    const { port } = await listen((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${target.port}/` });
      response.end();
    });
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'rejected', httpStatus: status });
    expect(hits).toBe(0);
  });

  it('uses one connection for requests that follow each other', async () => {
    const sockets = new Set<unknown>();
    const { port } = await listen((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    const kept = client();
    for (let index = 0; index < 3; index++) {
      await postBy(kept, `http://127.0.0.1:${port}/`);
    }
    expect(sockets.size).toBe(1);
  });

  it('is over at its deadline when no answer comes', async () => {
    const { port } = await listen(() => undefined);
    expect(await post(`http://127.0.0.1:${port}/`, null, 100)).toMatchObject({
      outcome: 'timed_out',
      error: 'no answer within 0.1 s',
    });
  });

  it('is over at its deadline when the answer drips', async () => {
    const { port } = await listen((_request, response) => {
      response.writeHead(500);
      const drip = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(drip));
    });
    const answer = await post(`http://127.0.0.1:${port}/`, null, 200);
    expect(answer).toMatchObject({ outcome: 'rejected', httpStatus: 500 });
    expect(answer.latencyMs).toBeLessThan(2_000);
  });

  // an endless answer would otherwise be read for ever
  it('reads no more than 64 kB of an answer', async () => {
    let written = 0;
    const { port } = await listen((_request, response) => {
      const chunk = Buffer.alloc(16 * 1024, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    const answer = await post(`http://127.0.0.1:${port}/`, null, 60_000);
    expect(answer).toMatchObject({ outcome: 'delivered', httpStatus: 200 });
    expect(answer.responseExcerpt).toHaveLength(1_000);
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it.each([
    ['a refused connection', 'the connection was refused', null],
    ['a closed connection', 'the connection was closed', ''],
    ['something that is not HTTP', 'the answer is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('explains %s without a word about our network', async (_name, error, greeting) => {
    const server = createTcpServer((socket) => {
      if (greeting) socket.write(greeting);
      socket.once('data', () => socket.destroy());
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    closers.push(() => server.close());
    if (greeting === null) server.close();
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'unreachable', httpStatus: null, error });
  });

  it('waits for the final answer after an interim one', async () => {
    const { port } = await listen((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.writeHead(204).end());
    });
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'delivered', httpStatus: 204 });
  });

  it('that ends while its connection is being made sends nothing later, and leaves the next one alone', async () => {
    let hits = 0;
    const { port } = await listen((_request, response) => {
      hits += 1;
      response.end();
    });
    const waiting: (() => void)[] = [];
    const lookup: LookupFunction = (_name, _options, callback) => {
      waiting.push(() => callback(null, [{ address: '127.0.0.1', family: 4 }]));
    };
    const slow = new WebhookHttpClient({ deadlineMs: 200, lookup });
    closers.push(() => void slow.close());
    const url = `http://slow.example.com:${port}/`;
    expect(await postBy(slow, url)).toMatchObject({ outcome: 'timed_out' });
    const next = postBy(slow, url);
    for (const found of waiting.splice(0, 2).toReversed()) found();
    expect(await next).toMatchObject({ outcome: 'delivered' });
    expect(waiting).toHaveLength(0);
    expect(hits).toBe(1);
  });

  it('is broken off when the client aborts, and none is made after that', async () => {
    let hits = 0;
    const aborted = client(null, 60_000);
    const { port } = await listen(() => {
      hits += 1;
      aborted.abort();
    });
    const answer = postBy(aborted, `http://127.0.0.1:${port}/`);
    expect(await answer).toMatchObject({ outcome: 'unreachable', httpStatus: null });
    expect(await postBy(aborted, `http://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'unreachable' });
    expect(hits).toBe(1);
  });
});

describe('a request to a name', () => {
  async function canary(): Promise<{ url: string; hits: () => number }> {
    let hits = 0;
    const { server, port } = await listen((_request, response) => response.end());
    server.on('connection', () => (hits += 1));
    return { url: `http://rebind.example.com:${port}/`, hits: () => hits };
  }

  it.each([
    ['a private address', ['127.0.0.1']],
    ['a public and a private address', ['8.8.8.8', '127.0.0.1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['an address behind NAT64', ['64:ff9b::7f00:1']],
    ['something that is no address', ['localhost']],
  ])('that has %s makes no connection', async (_name, addresses) => {
    const { url, hits } = await canary();
    expect(await post(url, async () => addresses)).toMatchObject({ outcome: 'blocked' });
    expect(hits()).toBe(0);
  });

  // DNS rebinding: a public address for the check, a private one for the connection
  it('judges the very addresses that it connects to, each time', async () => {
    const { url, hits } = await canary();
    const answers = [['192.0.2.1'], ['127.0.0.1']];
    const asked: string[] = [];
    const resolve: Resolve = async (name) => {
      asked.push(name);
      return answers.shift() ?? ['127.0.0.1'];
    };
    const rebound = client(resolve, 300);
    for (let index = 0; index < 3; index++) {
      expect(await postBy(rebound, url)).toMatchObject({ outcome: 'blocked' });
    }
    expect(asked).toHaveLength(3);
    expect(hits()).toBe(0);
  });

  it.each(['127.0.0.1', '2130706433', '[::1]', '[::ffff:7f00:1]', 'localhost'])(
    'needs no look-up to refuse %s',
    async (host) => {
      const { port } = await listen((_request, response) => response.end());
      const resolve: Resolve = async () => ['8.8.8.8'];
      expect(await post(`http://${host}:${port}/`, resolve)).toMatchObject({ outcome: 'blocked' });
    },
  );

  it('tells a name without an address', async () => {
    const resolve: Resolve = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect(await post('http://nowhere.example.com/', resolve)).toMatchObject({
      outcome: 'unreachable',
      error: 'the name has no address',
    });
  });
});
