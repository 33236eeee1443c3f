import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const OPEN_FILES_MAX = 256;
/** More than the limit of open files has room for. */
const CONNECTIONS = 400;

let database: TestDatabase;
let server: TestServer | undefined;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  await server?.stop();
});
afterAll(() => database?.drop());

async function start(environment: Record<string, string>): Promise<TestServer> {
  const urls = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  server = await startServer({ ...urls, ...environment }, 'main', { openFilesMax: OPEN_FILES_MAX });
  return server;
}

/** Opens connections and leaves them idle. @returns them once each is open or refused */
async function occupy(url: string): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(Number(port), hostname));
  for (const socket of sockets) socket.on('error', () => undefined);
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  return sockets;
}

function linesWith(text: string, each: TestServer): string[] {
  return each
    .output()
    .split('\n')
    .filter((line) => line.includes(text));
}

describe('under a limit of 256 open files', () => {
  it('half of them are for clients: more are refused, in one line, and those that are in are served', async () => {
    const { url } = await start({});
    const { client } = await newPerson(url);
    const sockets = await occupy(url);
    await eventually(() => sockets.filter(({ closed }) => closed).length >= CONNECTIONS - OPEN_FILES_MAX / 2);
    const inside = sockets.filter(({ closed }) => !closed);
    expect(inside.length).toBeGreaterThan(OPEN_FILES_MAX / 4);
    const [first] = inside;
    first?.setEncoding('utf8').write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String(await once(first as Socket, 'data'))).toMatch(/^HTTP\/1.1 200 /);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await client.get('/api/keys').catch(() => null))?.status === 200);
    expect(linesWith('connections are refused', server as TestServer)).toHaveLength(1);
    expect(linesWith('EMFILE', server as TestServer)).toEqual([]);
  });

  it('running out of them is one line of the log; no client gets a 500, and the process goes on', async () => {
    const { url } = await start({ MAX_CONNECTIONS: '1000' });
    const { client } = await newPerson(url);
    const sockets = await occupy(url);
    const accepting = 'connections cannot be accepted';
    await eventually(() => linesWith(accepting, server as TestServer).length > 0);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await client.get('/api/keys').catch(() => null))?.status === 200);
    expect((await new Client(url).get('/health/ready')).status).toBe(200);
    expect(linesWith(accepting, server as TestServer)).toEqual([expect.stringContaining('EMFILE')]);
    expect(linesWith('"status":500', server as TestServer)).toEqual([]);
  });
});
