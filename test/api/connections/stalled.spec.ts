import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { sendHalf } from '../../support/half-sent.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { headOf, openStream } from '../../support/streamed.ts';

const MIB = 1024 * 1024;
const STALL_SECONDS = 1;
/** A good part of the limit, and all of them together much more. */
const STEP_MS = 400;
const STEPS = 8;

let database: TestDatabase;
let server: TestServer;
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  database = await createDatabase();
  const urls = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  server = await startServer({ ...urls, STALL_TIMEOUT: String(STALL_SECONDS) });
  person = await newPerson(server.url);
  key = await newKey(person.client);
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
});

function stream(path: string) {
  const outgoing = openStream({
    baseUrl: server.url,
    path: `/api/compression/${path}?algorithm=gzip`,
    apiKey: key.key,
  });
  return { outgoing, head: headOf(outgoing) };
}

describe('a client that moves nothing while it is its turn', () => {
  it('is cut off in the middle of a JSON body', async () => {
    const half = await sendHalf(`${server.url}/api/compression/compress`, { data: 'a' }, { 'x-api-key': key.key });
    await half.cut;
  });

  it('is cut off in the middle of a stream', async () => {
    const { outgoing, head } = stream('compress');
    outgoing.write('the beginning');
    await expect(head).rejects.toThrow('socket hang up');
  });

  it('is cut off when it does not read a streamed answer', async () => {
    const { outgoing, head } = stream('decompress');
    outgoing.end(gzipSync(Buffer.alloc(64 * MIB)));
    await expectCut(await head);
  });

  it('is cut off when it does not read an answer in JSON', async () => {
    const { hostname, port } = new URL(server.url);
    const data = gzipSync(Buffer.alloc(15 * MIB, 'x')).toString('base64');
    const body = JSON.stringify({ data, algorithm: 'gzip', encoding: 'utf8' });
    const head = `POST /api/compression/decompress HTTP/1.1\r\nHost: ${hostname}\r\nX-API-Key: ${key.key}\r\n`;
    const socket = connect(Number(port), hostname).pause();
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    let readBytes = 0;
    socket.on('data', (chunk: Buffer) => (readBytes += chunk.length)).pause();
    // long enough that whatever is cut at all has been cut
    await sleep(6 * STALL_SECONDS * 1_000);
    socket.on('error', () => undefined).resume();
    await once(socket, 'close');
    expect(readBytes).toBeGreaterThan(0);
    expect(readBytes).toBeLessThan(15 * MIB);
  });
});

/** Leaves an answer unread for a while; then it must turn out to be broken. */
async function expectCut(answer: NodeJS.ReadableStream): Promise<void> {
  await sleep(6 * STALL_SECONDS * 1_000);
  const broken = once(answer, 'error');
  answer.resume();
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
}

describe('a client that moves something now and then, or has to wait itself, is let be', () => {
  it('while it sends a stream slowly, and reads it slowly', async () => {
    const { outgoing, head } = stream('compress');
    for (let step = 0; step < STEPS; step += 1) {
      outgoing.write('a little');
      await sleep(STEP_MS);
    }
    outgoing.end();
    expect((await head).statusCode).toBe(200);

    const slow = stream('decompress');
    slow.outgoing.end(gzipSync(Buffer.alloc(32 * MIB)));
    const answer = await slow.head;
    let [readBytes, pauses] = [0, 1];
    for await (const chunk of answer) {
      readBytes += (chunk as Buffer).length;
      // in parts of which each makes room in the buffers of the system, for longer than the limit
      if (readBytes < pauses * 2 * MIB) continue;
      pauses += 1;
      await sleep(STEP_MS);
    }
    expect(readBytes).toBe(32 * MIB);
  });

  it('while the server is busy with its request', async () => {
    const held = database.query(
      `begin; lock table api_keys in exclusive mode; select pg_sleep(${3 * STALL_SECONDS}); commit`,
    );
    const answer = await person.client.post('/api/keys', { name: 'patient' });
    await held;
    expect(answer.status).toBe(201);
  });

  it('between two requests', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    for (const pauseMs of [3 * STALL_SECONDS * 1_000, 0]) {
      socket.write(`GET /health/live HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [string];
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
      await sleep(pauseMs);
    }
    socket.destroy();
  });
});
