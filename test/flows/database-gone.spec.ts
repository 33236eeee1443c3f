import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { newKey, newPerson, PASSWORD, type MintedKey, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

interface Postgres {
  readonly host: string;
  stop(): Promise<void>;
}

const directory = join(temporaryDirectory(), 'postgres');
let postgres: Postgres;
let server: TestServer;
let person: Person;
let key: MintedKey;

async function startPostgres(): Promise<Postgres> {
  const child = fork(join(import.meta.dirname, '../support/postgres-process.mjs'), [directory]);
  const [{ host }] = (await once(child, 'message')) as [{ host: string }];
  return {
    host,
    stop: async () => {
      child.send('stop');
      await once(child, 'exit');
    },
  };
}

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer({
    DATABASE_URL: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(postgres.host)}`,
  });
  person = await newPerson(server.url);
  key = await newKey(person.client);
}, 60_000);
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

/** Requests of every kind that needs the database. */
function requests(): Promise<{ status: number; code: string; retryAfter: string | null }[]> {
  const anonymous = new Client(server.url);
  return Promise.all(
    [
      anonymous.get('/health/ready'),
      anonymous.post('/api/auth/login', { email: person.email, password: PASSWORD }),
      person.client.get('/api/keys'),
      person.client.post('/api/keys', { name: 'x' }),
      anonymous.with({ apiKey: key.key }).get('/api/compression/stats'),
    ].map(async (sent) => {
      const { status, body, headers } = await sent;
      return { status, code: body.code, retryAfter: headers.get('retry-after') };
    }),
  );
}

describe('while the database is gone', () => {
  it('every request that needs it is told to come again, none is let in, and the process goes on', async () => {
    await postgres.stop();
    for (const answer of await requests()) {
      expect(answer).toMatchObject({ status: 503, code: 'SRV_002', retryAfter: expect.stringMatching(/^\d+$/) });
    }
    expect((await new Client(server.url).get('/health/live')).status).toBe(200);
  }, 30_000);

  it('what needs no database is still refused as always', async () => {
    const anonymous = new Client(server.url);
    expect((await anonymous.get('/api/keys')).status).toBe(401);
    expect((await anonymous.with({ apiKey: 'kapi_prod_guess' }).get('/api/keys')).body.code).toBe('AUTH_004');
  });

  it('it recovers by itself, with everything that was acknowledged', async () => {
    postgres = await startPostgres();
    const answers = await requests();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 201, 200]);
    const kept = await person.client.get<MintedKey>(`/api/keys/${key.id}`);
    expect(kept.body.status).toBe('active');
  }, 30_000);
});
