import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventsOf } from '../../support/outbox.ts';
import { expectStatus, newPerson, PASSWORD, type Person, type SessionBody } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each login hashes a password, and the machine may be busy
jest.setTimeout(60_000);

const MOST = 5;

let database: TestDatabase;
let servers: [TestServer, TestServer];

beforeAll(async () => {
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    SESSIONS_PER_OWNER: String(MOST),
  };
  servers = await Promise.all([startServer(environment), startServer(environment, 'api')]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

async function logIn({ email }: Person, url = servers[0].url): Promise<SessionBody> {
  return expectStatus(await new Client(url).post<SessionBody>('/api/auth/login', { email, password: PASSWORD }), 200)
    .body;
}

/** The ids of a user's live sessions, newest first. */
async function liveSessionsOf({ id }: Person): Promise<string[]> {
  const live = 'select id from sessions where user_id = $1 and revoked_at is null order by id desc';
  return (await database.query<{ id: string }>(live, [id])).map((row) => row.id);
}

describe('the sessions of a user', () => {
  it('are bounded: one login too many ends the oldest, everywhere, with its event and audit row', async () => {
    const [person, neighbour] = [await newPerson(servers[0].url), await newPerson(servers[0].url)];
    const [oldest = ''] = await liveSessionsOf(person);
    for (let count = 1; count < MOST; count++) await logIn(person);
    const full = await liveSessionsOf(person);
    expect(full).toHaveLength(MOST);
    expect(await eventsOf(database, person.id, 'session.revoked')).toEqual([]);

    const newest = await logIn(person, servers[1].url);

    const live = await liveSessionsOf(person);
    expect(live.slice(1)).toEqual(full.slice(0, -1));
    for (const { url } of servers) {
      expect((await person.client.at(url).get('/api/auth/me')).body.code).toBe('AUTH_002');
      const me = new Client(url).with({ bearer: newest.access_token });
      expect((await me.get('/api/auth/me')).status).toBe(200);
      expect((await neighbour.client.at(url).get('/api/auth/me')).status).toBe(200);
    }
    const refresh = { refresh_token: person.session.refresh_token };
    expect((await new Client(servers[1].url).post('/api/auth/refresh', refresh)).body.code).toBe('AUTH_002');
    const data = { session_id: oldest, reason: 'too_many_sessions' };
    expect(await eventsOf(database, person.id, 'session.revoked')).toEqual([{ type: 'session.revoked', data }]);
    const trail = "select data from audit.events where owner_id = $1 and type = 'session.revoked'";
    expect(await database.query(trail, [person.id])).toEqual([{ data }]);
  });

  it('do not count once they have expired', async () => {
    const person = await newPerson(servers[0].url);
    for (let count = 1; count < MOST; count++) await logIn(person);
    const past = "update sessions set refresh_expires_at = now() - interval '1 day' where id = any($1)";
    await database.query(past, [(await liveSessionsOf(person)).slice(0, 2)]);
    await logIn(person);
    await logIn(person);
    expect(await eventsOf(database, person.id, 'session.revoked')).toEqual([]);
    expect((await person.client.get('/api/auth/me')).status).toBe(200);
  });

  it('stay within the bound under twenty logins at once on two processes, of which none is refused', async () => {
    const person = await newPerson(servers[0].url);
    const logins = Array.from({ length: 20 }, (_, position) => logIn(person, servers[position % 2 === 0 ? 0 : 1].url));
    await Promise.all(logins);
    expect(await liveSessionsOf(person)).toHaveLength(MOST);
    expect(await eventsOf(database, person.id, 'session.revoked')).toHaveLength(1 + 20 - MOST);
  });
});
