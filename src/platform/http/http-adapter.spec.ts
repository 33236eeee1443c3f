import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';
import { HttpAdapter } from './http-adapter.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Handler = (adapter: ExpressAdapter, response: Response, request: Request) => unknown;

/** One request to a server of this adapter, whose every path is handled so. */
async function ask(adapter: ExpressAdapter, handler: Handler, method = 'GET'): Promise<Answer> {
  const application: Express = adapter.getInstance();
  application.disable('etag');
  application.disable('x-powered-by');
  adapter.initHttpServer({});
  application.use((incoming, response) => void handler(adapter, response, incoming));
  const server: Server = adapter.getHttpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const outgoing = request({ host: '127.0.0.1', port, method, agent: false }).end();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = await incoming.toArray();
    const { date: _, ...headers } = incoming.headers;
    return { status: incoming.statusCode, headers, body: Buffer.concat(chunks).toString() };
  } finally {
    server.close();
  }
}

describe('the HTTP adapter', () => {
  const cases: { answer: string; handler: Handler; method?: string }[] = [
    { answer: 'an object', handler: (adapter, response) => adapter.reply(response, { a: 1, b: [null, true] }, 201) },
    { answer: 'a list', handler: (adapter, response) => adapter.reply(response, [1, 2, 3]) },
    { answer: 'text beyond ASCII', handler: (adapter, response) => adapter.reply(response, { name: 'Zoë 漢字 😀' }) },
    {
      answer: 'more than a kilobyte',
      handler: (adapter, response) => adapter.reply(response, { text: 'é'.repeat(5_000) }),
    },
    {
      answer: 'dates, undefined and own serialisations',
      handler: (adapter, response) =>
        adapter.reply(response, { at: new Date(0), none: undefined, own: { toJSON: () => 'own' } }),
    },
    { answer: 'a HEAD request', handler: (adapter, response) => adapter.reply(response, { a: 'b' }), method: 'HEAD' },
    {
      answer: 'a type that the handler has set',
      handler: (adapter, response) =>
        adapter.reply(response.set('Content-Type', 'application/jwk-set+json'), { keys: [] }),
    },
    { answer: 'nothing', handler: (adapter, response) => adapter.reply(response, undefined, 204) },
    { answer: 'null', handler: (adapter, response) => adapter.reply(response, null) },
    { answer: 'text', handler: (adapter, response) => adapter.reply(response, 'plain') },
    {
      answer: 'a file',
      handler: (adapter, response) => adapter.reply(response, new StreamableFile(Buffer.from('file'))),
    },
  ];
  it.each(cases)('answers $answer exactly as the Express adapter of Nest does', async ({ handler, method }) => {
    const expected = await ask(new ExpressAdapter(), handler, method);
    expect(await ask(new HttpAdapter(), handler, method)).toEqual(expected);
  });

  it('makes requests and responses that have the prototypes of Express already', async () => {
    const prototypesOf =
      (kept: object[]): Handler =>
      (adapter, response, incoming) => {
        const application: Express = adapter.getInstance();
        kept.push(incoming.constructor, response.constructor);
        expect(Object.getPrototypeOf(incoming)).toBe(application.request);
        expect(Object.getPrototypeOf(response)).toBe(application.response);
        return adapter.reply(response, { protocol: incoming.protocol, app: incoming.app === application });
      };
    const constructors: { name?: string }[] = [];
    const { body } = await ask(new HttpAdapter(), prototypesOf(constructors));
    expect(JSON.parse(body)).toEqual({ protocol: 'http', app: true });
    expect(constructors.map(({ name }) => name)).toEqual(['ExpressRequest', 'ExpressResponse']);
  });

  it('lets the methods of Express work on a response', async () => {
    const { status, headers } = await ask(new HttpAdapter(), (_, response) => response.redirect(303, '/elsewhere'));
    expect({ status, location: headers.location }).toEqual({ status: 303, location: '/elsewhere' });
  });
});
