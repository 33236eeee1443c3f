import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ByteCounter } from './byte-counter.js';
import { AnswerWriter } from './answer-writer.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The answer of a server that handles one request so. */
async function answerOf(handle: (response: ServerResponse) => void): Promise<IncomingMessage> {
  const server = createServer((_request, response) => handle(response)).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return new Promise((resolve, reject) => {
    request({ port: (server.address() as AddressInfo).port, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
}

function hold(response: ServerResponse, tally = new ByteCounter()): AnswerWriter {
  const late = ['X-Size'];
  const complete = (): Record<string, string> => ({ 'X-Size': String(tally.sizeBytes) });
  return new AnswerWriter(response, { early: { 'X-Early': 'yes' }, lateNames: late, complete }, tally);
}

describe('HeldAnswer', () => {
  it('sends a short answer whole, with its length and figures as headers', async () => {
    const answer = await answerOf((response) => void pipeline(Readable.from(['ab', 'cd']), hold(response)));
    expect((await buffer(answer)).toString()).toBe('abcd');
    expect(answer.headers).toMatchObject({ 'x-early': 'yes', 'x-size': '4', 'content-length': '4' });
    expect(answer.headers.trailer).toBeUndefined();
  });

  it('sends the figures of a long one as trailers', async () => {
    const parts = Array.from({ length: 10 }, (_, number) => Buffer.alloc(10_000, number));
    const answer = await answerOf((response) => void pipeline(Readable.from(parts), hold(response)));
    expect((await buffer(answer)).equals(Buffer.concat(parts))).toBe(true);
    expect(answer.headers).toMatchObject({ 'x-early': 'yes', trailer: 'X-Size' });
    expect(answer.headers['x-size']).toBeUndefined();
    expect(answer.trailers).toEqual({ 'x-size': '100000' });
  });

  it('leaves the head to whoever handles a fault within the first 64 KiB', async () => {
    const answer = await answerOf((response) => {
      const faulty = Readable.from(
        (function* () {
          yield Buffer.alloc(60_000);
          throw new Error('damaged');
        })(),
      );
      pipeline(faulty, hold(response)).catch(() => response.writeHead(422).end());
    });
    expect(answer.statusCode).toBe(422);
    expect(await buffer(answer)).toHaveLength(0);
    expect(answer.headers['x-early']).toBeUndefined();
  });

  it('stops taking when the client does not read', async () => {
    let offered = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          offered += 65_536;
          yield Buffer.alloc(65_536);
        }
      })(),
    );
    const answer = await answerOf((response) => {
      pipeline(endless, hold(response)).catch(() => undefined);
      response.once('close', () => endless.destroy());
    });
    let before = -1;
    while (before !== offered) {
      before = offered;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(offered).toBeLessThan(32 * 1024 * 1024);
    answer.destroy();
  });
});
