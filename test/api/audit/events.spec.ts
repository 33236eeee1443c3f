import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import type { AuditEvent, AuditPage } from '../../support/audit.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let database: TestDatabase;
let server: TestServer;
let administrator: Person;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function trailOf(client: Client, query = ''): Promise<readonly AuditEvent[]> {
  return expectStatus(await client.get<AuditPage>(`/api/audit/events?limit=100${query}`), 200).body.data;
}

function typesOf(events: readonly AuditEvent[]): string[] {
  return events.map(({ type }) => type);
}

function login(person: Person, password = person.password) {
  return new Client(server.url).post('/api/auth/login', { email: person.email, password });
}

describe('listAuditEvents 200', () => {
  it('tells an owner, newest first, what was done, with what, from where and in which request', async () => {
    const person = await newPerson(server.url);
    const answer = await person.client.post<{ id: string }>('/api/keys', { name: 'Watched' });
    const [created, registered, ...others] = await trailOf(person.client);
    expect(others).toEqual([]);
    expect(registered).toMatchObject({ type: 'user.registered', owner_id: person.id });
    expect(created).toMatchObject({
      type: 'api_key.created',
      owner_id: person.id,
      actor: { kind: 'session', user_id: person.id },
      ip: '127.0.0.1',
      request_id: answer.headers.get('x-request-id'),
      data: { key_id: answer.body.id, name: 'Watched' },
    });
    expect(created?.occurred_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('has logins, failed logins of known and unknown addresses, and logouts; never what was typed', async () => {
    const person = await newPerson(server.url);
    expectStatus(await login(person, 'not the right password'), 401);
    const { body } = expectStatus(await login(person), 200) as unknown as { body: { access_token: string } };
    const client = new Client(server.url).with({ bearer: body.access_token });
    expectStatus(await client.post('/api/auth/logout'), 204);
    expect(typesOf(await trailOf(person.client))).toEqual([
      'session.revoked',
      'login.succeeded',
      'login.failed',
      'user.registered',
    ]);
    expectStatus(
      await new Client(server.url).post('/api/auth/login', { email: 'nobody@example.com', password: 'whatever it is' }),
      401,
    );
    const [failed] = await trailOf(administrator.client, '&type=login.failed');
    expect(failed).toMatchObject({ type: 'login.failed', owner_id: null, data: { attempt: 'password' } });
    const rows = await database.query('select * from audit.events');
    expect(JSON.stringify(rows)).not.toMatch(/not the right|whatever it is|nobody@example/);
  });

  it('commits with the fact or not at all', async () => {
    const person = await newPerson(server.url);
    await database.query("alter table audit.events add constraint no_keys check (type <> 'api_key.created') not valid");
    const answer = await person.client.post('/api/keys', { name: 'Unrecorded' });
    await database.query('alter table audit.events drop constraint no_keys');
    expect(answer.status).toBe(500);
    expect(await database.query('select 1 from api_keys where owner_id = $1', [person.id])).toEqual([]);
    expect(typesOf(await trailOf(person.client))).toEqual(['user.registered']);
  });

  it('filters by type, group, actor, request and time, and pages through without gaps', async () => {
    const person = await newPerson(server.url);
    const key = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    const keyClient = person.client.with({ apiKey: key.key });
    const child = await newKey(keyClient, { permissions: ['read:compression'] });
    expectStatus(await person.client.delete(`/api/keys/${child.id}`), 204);
    const all = await trailOf(person.client);
    expect(typesOf(all)).toEqual(['api_key.revoked', 'api_key.created', 'api_key.created', 'user.registered']);
    expect(typesOf(await trailOf(person.client, '&type=api_key.created'))).toHaveLength(2);
    expect(typesOf(await trailOf(person.client, '&type=user.*'))).toEqual(['user.registered']);
    expect(await trailOf(person.client, `&actor_id=${key.id}`)).toEqual([all[1]]);
    expect(await trailOf(person.client, `&request_id=${all[0]?.request_id}`)).toEqual([all[0]]);
    expect(await trailOf(person.client, `&from=${all[1]?.occurred_at}`)).toEqual(all.slice(0, 2));
    expect(await trailOf(person.client, `&to=${all[1]?.occurred_at}`)).toEqual(all.slice(2));
    const first = await person.client.get<AuditPage>('/api/audit/events?limit=3');
    const second = await person.client.get<AuditPage>(`/api/audit/events?limit=3&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...second.body.data]).toEqual(all);
    expect(second.body).toMatchObject({ has_more: false, next_cursor: null });
  });

  it('keeps owners apart; administrators see all of it, and their looks are on record', async () => {
    const [one, other] = [await newPerson(server.url), await newPerson(server.url)];
    await newKey(other.client);
    expect((await trailOf(one.client)).every(({ owner_id: owner }) => owner === one.id)).toBe(true);
    const seen = await trailOf(administrator.client, `&owner_id=${other.id}`);
    expect(typesOf(seen)).toEqual(['admin.read', 'api_key.created', 'user.registered']);
    expect(seen[0]).toMatchObject({
      owner_id: other.id,
      actor: { user_id: administrator.id },
      data: { operation: 'listAuditEvents' },
    });
    const owners = new Set((await trailOf(administrator.client)).map(({ owner_id: owner }) => owner));
    expect([one.id, other.id].every((id) => owners.has(id))).toBe(true);
  });
});

describe('listAuditEvents 400 and 403', () => {
  it('refuses what it does not know, and the trail of somebody else', async () => {
    const person = await newPerson(server.url);
    for (const query of ['typ=login.failed', 'type=%25', 'from=yesterday', 'owner_id=me', 'cursor=x', 'limit=0']) {
      expect(await person.client.get(`/api/audit/events?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'REQ_001' },
      });
    }
    expect(await person.client.get(`/api/audit/events?owner_id=${administrator.id}`)).toMatchObject({
      status: 403,
      body: { code: 'AUTH_009' },
    });
    const key = await newKey(person.client, { permissions: ['read:keys'] });
    const withoutRight = person.client.with({ apiKey: key.key });
    expect(await withoutRight.get('/api/audit/events')).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
  });
});

describe('exportAuditEvents 200', () => {
  it('is the same trail as a table, in which no cell is a formula', async () => {
    const person = await newPerson(server.url);
    await newKey(person.client, { name: '=HYPERLINK("http://evil.example")' });
    const answer = await person.client.get('/api/audit/events.csv?type=api_key.*', { isDocumented: false });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const lines = answer.text.trim().split('\r\n');
    expect(lines[0]).toBe('id,type,occurred_at,owner_id,actor_kind,actor_id,actor_user_id,ip,request_id,data');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`,api_key.created,`);
    expect(lines[1]).toContain('""name"":""=HYPERLINK');
    expect(answer.text).not.toMatch(/(^|,)"?[=+@]/m);
  });

  it('exports more than one batch, each row once', async () => {
    const person = await newPerson(server.url);
    await database.query(
      `insert into audit.events (id, occurred_at, type, owner_id, data)
       select gen_random_uuid(), now(), 'api_key.updated', $1, '{}' from generate_series(1, 2500)`,
      [person.id],
    );
    const answer = await person.client.get('/api/audit/events.csv?type=api_key.updated', { isDocumented: false });
    const ids = answer.text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[0]);
    expect(ids).toHaveLength(2500);
    expect(new Set(ids).size).toBe(2500);
  });
});
