import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../support/administrators.ts';
import { type Answer, Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newKey, newPerson, PASSWORD, type Person, type SessionBody } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** As many as came together when one of them took the others with it. */
const CROWD = 78;
const POISONED = 13;

let database: TestDatabase;
let server: TestServer;
let administrator: Person;
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
  person = await newPerson(server.url);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function count(condition: string, ...values: readonly unknown[]): Promise<number> {
  const [row] = await database.query<{ rows: number }>(
    `select count(*)::int as rows from audit.events where ${condition}`,
    values,
  );
  return row?.rows ?? 0;
}

/** Lets the database refuse certain rows, as it refuses one that holds what it cannot store. */
async function whileRefusing<T>(table: string, rows: string, work: () => Promise<T>): Promise<T> {
  await database.query(`alter table ${table} add constraint poison check (not (${rows})) not valid`);
  try {
    return await work();
  } finally {
    await database.query(`alter table ${table} drop constraint poison`);
  }
}

function crowd<T>(one: (position: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: CROWD }, (_, position) => one(position)));
}

const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);

/** What everybody else is answered, and the poisoned one. */
function expected(others: number, poisoned: number): number[] {
  return Array.from({ length: CROWD }, (_, position) => (position === POISONED ? poisoned : others));
}

describe('a row that the database refuses', () => {
  it('does not cost the refusals that are recorded beside it', async () => {
    const narrow = await newKey(person.client, { permissions: ['read:keys'] });
    const client = person.client.with({ apiKey: narrow.key });
    const answers = await whileRefusing('audit.events', "data->>'path' like '%/poison/%'", () =>
      crowd((position) => client.post(`/api/keys/${position === POISONED ? 'poison' : position}/rotate`, {})),
    );
    expect(statusesOf(answers)).toEqual(expected(403, 403));
    expect(await count("type = 'access.denied' and actor_id = $1", narrow.id)).toBe(CROWD - 1);
  });

  it('does not make failed logins of strangers a fault of the server', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => newPerson(server.url)));
    const narrow = await newKey(person.client, { permissions: ['read:keys'] });
    const attacker = person.client.with({ apiKey: narrow.key });
    const over = new AbortController();
    const poison = async (): Promise<void> => {
      while (!over.signal.aborted) await attacker.post('/api/keys/poison/rotate', {});
    };
    const answers = await whileRefusing('audit.events', "data->>'path' like '%/poison/%'", async () => {
      const poisoning = Array.from({ length: 12 }, poison);
      const logins = await Promise.all(
        people.map(({ email }) =>
          new Client(server.url).post('/api/auth/login', { email, password: 'a wrong password' }),
        ),
      );
      over.abort();
      await Promise.all(poisoning);
      return logins;
    });
    expect(statusesOf(answers)).toEqual(people.map(() => 401));
    const ids = people.map(({ id }) => id);
    expect(await count("type = 'login.failed' and owner_id = any($1)", ids)).toBe(people.length);
  });

  it('does not end the sessions that are refreshed beside it', async () => {
    const sessions: SessionBody[] = [];
    for (let login = 0; login < 12; login += 1) {
      const { email } = person;
      const { body } = await new Client(server.url).post<SessionBody>('/api/auth/login', { email, password: PASSWORD });
      sessions.push(body);
    }
    const refresh = ({ refresh_token }: SessionBody) =>
      new Client(server.url).post<SessionBody>('/api/auth/refresh', { refresh_token });
    const [row] = await database.query<{ id: string }>('select id from sessions order by id desc limit 1');
    const poisoned = `id = '${row?.id}' and parent_jti is not null`;
    const answers = await whileRefusing('sessions', poisoned, () => Promise.all(sessions.map(refresh)));
    expect(statusesOf(answers)).toEqual([...Array.from({ length: 11 }, () => 200), 500]);
    // what has failed has changed nothing: the token is as good as before, and the new ones are
    expect((await refresh(sessions[11] as SessionBody)).status).toBe(200);
    expect(statusesOf(await Promise.all(answers.slice(0, 11).map(({ body }) => refresh(body))))).toEqual(
      Array.from({ length: 11 }, () => 200),
    );
  });
});

describe('a query that cannot be stored', () => {
  it('is refused by name, and is not on record as a look', async () => {
    const before = await count("type = 'admin.read'");
    const answer = await administrator.client.get('/api/admin/users?%00=1');
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field: '\0' }] } });
    expect(await count("type = 'admin.read'")).toBe(before);
  });

  it('costs none of the 78 refusals that come with it', async () => {
    const narrow = await newKey(person.client, { permissions: ['read:keys'] });
    const client = person.client.with({ apiKey: narrow.key });
    const answers = await crowd((position) =>
      position === POISONED ? administrator.client.get('/api/admin/users?%00=1') : client.post('/api/keys', {}),
    );
    expect(statusesOf(answers)).toEqual(expected(403, 400));
    expect(await count("type = 'access.denied' and actor_id = $1", narrow.id)).toBe(CROWD - 1);
  });
});
