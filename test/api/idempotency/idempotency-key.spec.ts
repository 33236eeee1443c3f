import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client, ProblemBody } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let database: TestDatabase;
let servers: [TestServer, TestServer];
let person: Person;

beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  servers = await Promise.all([startServer(environment), startServer(environment)]);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

type Outcome = Answer<MintedKey & ProblemBody>;

function mint(client: Client, key: string, body: unknown = { name: 'A key' }): Promise<Outcome> {
  return client.post('/api/keys', body, { headers: { 'idempotency-key': key } });
}

async function advance(ms: number): Promise<void> {
  for (const server of servers) await server.advanceClock(ms);
}

async function countKeys(owner: Person): Promise<number> {
  const [row] = await database.query<{ count: string }>('select count(*) from api_keys where owner_id = $1', [
    owner.id,
  ]);
  return Number(row?.count);
}

function rows(owner: Person) {
  return database.query<Record<string, unknown>>('select * from idempotency_keys where owner_id = $1', [owner.id]);
}

/** Puts the one row of an owner into the state in which a crash of its process leaves it. */
async function crash(owner: Person, hasCommitted: boolean): Promise<void> {
  await database.query(
    `update idempotency_keys set status = null, answer_sealed = null, answer_until = null, resource_id = null,
            committed_at = case when $2 then committed_at end
      where owner_id = $1`,
    [owner.id, hasCommitted],
  );
}

function expectConflict(answer: Outcome, detail: RegExp): void {
  expect(answer.status).toBe(409);
  expect(answer.body.code).toBe('REQ_006');
  expect(answer.body.detail).toMatch(detail);
  expect(answer.text).not.toMatch(/kapi_|ksec_/);
}

// each test moves the clock, and a session's token lives an hour
async function newcomer(): Promise<Person> {
  person = await newPerson(servers[0].url);
  return person;
}

describe('a request repeated with its key', () => {
  it('gets the first answer, secret included, and nothing is made twice', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    const first = expectStatus(await mint(client, key), 201);
    const second = expectStatus(await mint(client, key), 201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(await countKeys(person)).toBe(1);
  });

  it('gets it from another process too', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    const first = expectStatus(await mint(client, key), 201);
    const second = expectStatus(await mint(client.at(servers[1].url), key), 201);
    expect(second.text).toBe(first.text);
  });

  it('makes one key when sixteen come at once, to two processes', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, position) => mint(client.at(servers[position % 2 ? 1 : 0].url), key)),
    );
    const created = answers.filter(({ status }) => status === 201);
    const first = created.filter(({ headers }) => headers.get('idempotent-replayed') === null);
    expect(first).toHaveLength(1);
    expect(new Set(created.map(({ text }) => text)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectConflict(answer, /still being carried out/);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(await countKeys(person)).toBe(1);
    expect(await rows(person)).toHaveLength(1);
  });

  it.each([
    ['another value', { name: 'Another key' }],
    ['one more field', { name: 'A key', environment: 'prod' }],
    ['nothing in it', {}],
  ])('but a body with %s is refused', async (_what, body) => {
    const { client } = await newcomer();
    const key = randomUUID();
    expectStatus(await mint(client, key), 201);
    const answer = await mint(client, key, body);
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('REQ_007');
    expect(await countKeys(person)).toBe(1);
  });

  it('makes a new one after 24 hours, and not before', async () => {
    const { client } = await newcomer();
    const { key: apiKey } = await newKey(client, { permissions: ['write:keys', 'read:keys'] });
    const robot = client.with({ apiKey });
    const key = randomUUID();
    const first = expectStatus(await mint(robot, key), 201);
    await advance(24 * HOUR_MS - MINUTE_MS);
    expectConflict(await mint(robot, key), new RegExp(first.body.id));
    await advance(MINUTE_MS + 1);
    const later = expectStatus(await mint(robot, key, { name: 'Another key' }), 201);
    expect(later.headers.get('idempotent-replayed')).toBeNull();
    expect(later.body.id).not.toBe(first.body.id);
  });

  it('gets a secret for ten minutes only, afterwards the id of what was made', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    const first = expectStatus(await mint(client, key), 201);
    await advance(10 * MINUTE_MS - 1_000);
    expect((await mint(client, key)).text).toBe(first.text);
    await advance(1_001);
    expectConflict(await mint(client, key), new RegExp(first.body.id));
    expect(await countKeys(person)).toBe(1);
  });

  it('gets the same successor of a rotated key, with or without a body', async () => {
    const { client } = await newcomer();
    const { id } = await newKey(client);
    const headers = { 'idempotency-key': randomUUID() };
    const rotate = (keyId: string): Promise<Outcome> =>
      client.post(`/api/keys/${keyId}/rotate`, undefined, { headers });
    const first = expectStatus(await rotate(id), 201);
    const second = expectStatus(await rotate(id), 201);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await countKeys(person)).toBe(2);
    // the id in the path is part of what is repeated
    expect((await rotate(first.body.id)).status).toBe(422);
    expect(await countKeys(person)).toBe(2);
  });

  it('gets nothing once its credential is revoked', async () => {
    const { client } = await newcomer();
    const minter = await newKey(client, { permissions: ['write:keys'] });
    const robot = client.with({ apiKey: minter.key });
    const key = randomUUID();
    expectStatus(await mint(robot, key, { name: 'Child', permissions: ['write:keys'] }), 201);
    expectStatus(await client.delete(`/api/keys/${minter.id}`), 204);
    const answer = await mint(robot, key, { name: 'Child', permissions: ['write:keys'] });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('kapi_');
  });
});

describe('the same key', () => {
  it('of another user is another key', async () => {
    const key = randomUUID();
    const first = await newcomer();
    const firstAnswer = expectStatus(await mint(first.client, key), 201);
    const second = await newcomer();
    const secondAnswer = expectStatus(await mint(second.client, key), 201);
    expect(secondAnswer.headers.get('idempotent-replayed')).toBeNull();
    expect(secondAnswer.body.id).not.toBe(firstAnswer.body.id);
    expect(secondAnswer.text).not.toContain(firstAnswer.body.key);
  });

  it('of another credential of the same user is another key', async () => {
    const { client } = await newcomer();
    const { key: apiKey } = await newKey(client, { permissions: ['write:keys'] });
    const key = randomUUID();
    const body = { name: 'Child', permissions: ['write:keys'] };
    const first = expectStatus(await mint(client, key, body), 201);
    const second = expectStatus(await mint(client.with({ apiKey }), key, body), 201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('is not needed: without one, each request makes its own', async () => {
    const { client } = await newcomer();
    await newKey(client);
    await newKey(client);
    expect(await countKeys(person)).toBe(2);
    expect(await rows(person)).toHaveLength(0);
  });
});

describe('a failed attempt', () => {
  it.each([
    ['an invalid body', { name: '' }, 400],
    ['more than the caller may', { name: 'A key', permissions: ['admin:users'] }, 403],
  ])('frees its key: %s', async (_what, body, status) => {
    const { client } = await newcomer();
    const key = randomUUID();
    expect((await mint(client, key, body)).status).toBe(status);
    expect((await mint(client, key, body)).status).toBe(status);
    expect(await rows(person)).toHaveLength(0);
    expectStatus(await mint(client, key), 201);
  });

  it('by a crash before anything was done frees its key after a minute', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    expectStatus(await mint(client, key), 201);
    await crash(person, false);
    expectConflict(await mint(client, key), /still being carried out/);
    await advance(MINUTE_MS + 1);
    const again = expectStatus(await mint(client, key), 201);
    expect(again.headers.get('idempotent-replayed')).toBeNull();
  });

  it('by a crash after its transaction committed never makes a second one', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    expectStatus(await mint(client, key), 201);
    await crash(person, true);
    expectConflict(await mint(client, key), /still being carried out/);
    await advance(MINUTE_MS + 1);
    expectConflict(await mint(client, key), /has succeeded/);
    expect(await countKeys(person)).toBe(1);
  });

  it('that lost its key to a repetition while it was at work rolls back', async () => {
    const { client } = await newcomer();
    const key = randomUUID();
    // the repetition takes the key over between the claim and the commit of the first request
    await database.query(`
      create function take_over() returns trigger language plpgsql security definer as $$ begin
        update idempotency_keys set attempt = gen_random_uuid() where scope = new.scope;
        return null;
      end $$;
      create trigger take_over after insert on idempotency_keys for each row execute function take_over();`);
    try {
      expectConflict(await mint(client, key), /repetition/);
    } finally {
      await database.query('drop trigger take_over on idempotency_keys; drop function take_over');
    }
    expect(await countKeys(person)).toBe(0);
    expect(await rows(person)).toHaveLength(1);
  });
});

describe('the grammar of a key', () => {
  it.each([
    ['empty', ''],
    ['with a space', 'two words'],
    ['longer than 255 characters', 'x'.repeat(256)],
    ['not ASCII', 'schl\u00fcssel'],
    ['sent twice', 'one, two'],
  ])('refuses one that is %s, and names the header', async (_what, key) => {
    const { client } = await newcomer();
    const answer = await mint(client, key);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.field).toBe('Idempotency-Key');
    expect(await countKeys(person)).toBe(0);
  });

  it.each([['x'], ['x'.repeat(255)], ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'], ["!#$%&'*+-.^_`|~/:;,=?@[]{}()<>"]])(
    'accepts %s',
    async (key) => {
      const { client } = await newcomer();
      expectStatus(await mint(client, key), 201);
    },
  );
});

describe('what is stored', () => {
  it('is neither the key nor a secret in clear', async () => {
    const { client } = await newcomer();
    const key = `idempotency-${randomUUID()}`;
    const { body } = expectStatus(await mint(client, key), 201);
    const stored = JSON.stringify(await rows(person));
    expect(stored).toContain('v1.');
    expect(stored).not.toContain(key);
    expect(stored).not.toContain(body.key);
    expect(stored).not.toContain(body.api_secret);
  });

  it('does not open in the place of another answer', async () => {
    const { client } = await newcomer();
    const [key, otherKey] = [randomUUID(), randomUUID()];
    expectStatus(await mint(client, key, { name: 'First' }), 201);
    const second = expectStatus(await mint(client, otherKey, { name: 'Second' }), 201);
    await database.query(
      `update idempotency_keys set answer_sealed = (select answer_sealed from idempotency_keys where resource_id = $1)
        where owner_id = $2`,
      [second.body.id, person.id],
    );
    const answer = await mint(client, key, { name: 'First' });
    // as when it is not kept any more
    expect(answer).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    expect(answer.text).not.toContain(second.body.key);
  });

  it('is deleted when it has expired, and a secret as soon as it is not to be shown any more', async () => {
    const { client } = await newcomer();
    expectStatus(await mint(client, 'expired'), 201);
    await database.query(`update idempotency_keys set expires_at = now() - interval '2 minutes' where owner_id = $1`, [
      person.id,
    ]);
    expectStatus(await mint(client, 'forgotten'), 201);
    await database.query(
      `update idempotency_keys set answer_until = now() - interval '2 minutes' where owner_id = $1 and expires_at > now()`,
      [person.id],
    );
    expectStatus(await mint(client, 'kept'), 201);
    // a process purges when it starts, and every minute after that
    const purging = await startServer({
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
    });
    const stored = async () => (await rows(person)).map((row) => row.answer_sealed !== null);
    try {
      // two statements: the first has run when a row is gone
      await eventually(async () => {
        const isSealed = await stored();
        return isSealed.length === 2 && isSealed.includes(false);
      });
      expect((await stored()).filter(Boolean)).toHaveLength(1);
    } finally {
      await purging.stop();
    }
  });
});
