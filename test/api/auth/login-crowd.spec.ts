import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson, PASSWORD, type SessionBody } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// every login hashes a password, and the machine may be busy
jest.setTimeout(60_000);

const CROWD = 150;

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    RATE_LIMIT_LOGIN: '0',
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

function logIn(email: string): Promise<Answer<SessionBody & ProblemBody>> {
  return new Client(server.url).post('/api/auth/login', { email, password: PASSWORD });
}

describe('more logins at once than can wait', () => {
  it('are refused with the time to come again, count against nobody, and keep no key waiting for them', async () => {
    const person = await newPerson(server.url);
    const { key } = await newKey(person.client);

    const logins = Promise.all(Array.from({ length: CROWD }, () => logIn(person.email)));
    const whoami = await person.client.with({ apiKey: key }).get('/api/auth/whoami');
    const answers = await logins;

    expect(whoami.status).toBe(200);
    const served = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 503);
    expect(served.length + refused.length).toBe(CROWD);
    expect(refused.length).toBeGreaterThan(0);
    expect(served.length).toBeGreaterThanOrEqual(64);
    for (const { body, headers } of refused) {
      expect(body.code).toBe('SRV_002');
      expect(headers.get('retry-after')).toBe('2');
    }
    const sessions = await database.query('select 1 from sessions where user_id = $1', [person.id]);
    expect(sessions).toHaveLength(1 + served.length);
    expect(await database.query('select 1 from login_failures where user_id = $1', [person.id])).toEqual([]);
    expect((await logIn(person.email)).status).toBe(200);
  });
});
