import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { messageSignature, signedHeaders } from '../../support/signing.ts';
import { expectStatus, type MintedKey, newKey, newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const COMPRESS = '/api/compression/compress';
const TEXT = '{"data": 1}';
const LIMIT = 5;
const WINDOW_MS = 60_000;

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    RATE_LIMIT_AUTHENTICATED: String(LIMIT),
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function fillWindow(key: MintedKey): Promise<void> {
  const client = new Client(server.url).with({ apiKey: key.key });
  for (let request = 0; request < LIMIT; request += 1) expectStatus(await client.get('/api/compression/stats'), 200);
}

/** Announces a body and sends half of it. @returns the answer, which has come without the rest */
async function statusBeforeBody(headers: Record<string, string>): Promise<number | undefined> {
  const request: ClientRequest = httpRequest(`${server.url}${COMPRESS}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': String(TEXT.length) },
    signal: AbortSignal.timeout(10_000),
  });
  request.write(TEXT.slice(0, 5));
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response.statusCode;
  } finally {
    request.destroy();
  }
}

const SCHEMES = [
  ['the four headers', (key: MintedKey) => signedHeaders(key, { method: 'POST', target: COMPRESS, text: TEXT })],
  [
    'RFC 9421',
    (key: MintedKey) =>
      messageSignature(key, { method: 'POST', authority: new URL(server.url).host, target: COMPRESS, body: TEXT }),
  ],
] as const;

it.each(SCHEMES)(
  'a full window refuses a request signed by %s before its body, and spends no nonce',
  async (_name, sign) => {
    const key = await newKey((await newPerson(server.url)).client);
    await fillWindow(key);
    const headers = sign(key);
    expect(await statusBeforeBody(headers)).toBe(429);
    expect(await database.query('select 1 from spent_nonces where spender_id = $1', [key.id])).toHaveLength(0);
    await server.advanceClock(WINDOW_MS + 1);
    const send = () => new Client(server.url).post(COMPRESS, undefined, { raw: TEXT, headers });
    expect((await send()).status).toBe(200);
    expect(await send()).toMatchObject({ status: 401, body: { code: 'AUTH_012' } });
  },
);

it('counts a signed request once, whether or not its signature is right', async () => {
  const key = await newKey((await newPerson(server.url)).client);
  const sent = (headers: Record<string, string>) =>
    new Client(server.url).post(COMPRESS, undefined, { raw: TEXT, headers });
  const good = await sent(SCHEMES[0][1](key));
  const wrong = await sent({ ...SCHEMES[0][1](key), 'X-Signature': '0'.repeat(64) });
  expect([good.status, wrong.status]).toEqual([200, 401]);
  expect([good, wrong].map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['4', '3']);
});
