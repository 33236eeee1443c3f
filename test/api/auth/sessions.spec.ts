import { describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { eventsOf } from '../../support/outbox.ts';
import { expectStatus, newKey, newPerson, PASSWORD, type Person, type SessionBody } from '../../support/people.ts';
import { world } from '../../support/world.ts';

interface SessionEntry {
  readonly id: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly current: boolean;
}
interface Page {
  readonly data: SessionEntry[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

const [firstUrl, secondUrl] = world().servers;
const database = existingDatabase(world().sharedDatabase);

async function logIn(person: Person, url = firstUrl): Promise<{ session: SessionBody; client: Client }> {
  const anonymous = new Client(url);
  const answer = await anonymous.post<SessionBody>(
    '/api/auth/login',
    { email: person.email, password: PASSWORD },
    { headers: { 'user-agent': 'a second device' } },
  );
  const session = expectStatus(answer, 200).body;
  return { session, client: anonymous.with({ bearer: session.access_token }) };
}

function sidOf(session: SessionBody): string {
  return JSON.parse(Buffer.from(session.access_token.split('.')[1] ?? '', 'base64url').toString()).sid;
}

async function list(client: Client, query = ''): Promise<Page> {
  return expectStatus(await client.get<Page>(`/api/auth/sessions${query}`), 200).body;
}

function refresh(session: SessionBody, url = firstUrl) {
  return new Client(url).post('/api/auth/refresh', { refresh_token: session.refresh_token });
}

describe('listSessions 200', () => {
  it('shows the live sessions, newest first, and which one asks', async () => {
    const person = await newPerson();
    const second = await logIn(person);
    const { data } = await list(person.client);
    expect(data.map(({ id }) => id)).toEqual([sidOf(second.session), sidOf(person.session)]);
    expect(data.map(({ current }) => current)).toEqual([false, true]);
    expect(data[0]).toMatchObject({ ip: '127.0.0.1', user_agent: 'a second device' });
    expect(JSON.stringify(data)).not.toMatch(/jti|secret|token/);
  });

  it('pages', async () => {
    const person = await newPerson();
    await logIn(person);
    const first = await list(person.client, '?limit=1');
    expect(first).toMatchObject({ has_more: true });
    const second = await list(person.client, `?limit=1&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ has_more: false, next_cursor: null });
    expect(second.data[0]?.id).toBe(sidOf(person.session));
  });

  it('records the last use in batches, not with each request', async () => {
    const person = await newPerson();
    await database.query("update sessions set last_seen_at = last_seen_at - interval '1 day' where user_id = $1", [
      person.id,
    ]);
    const [before] = (await list(person.client)).data;
    const deadline = Date.now() + 8_000;
    let [now] = (await list(person.client)).data;
    expect(now?.last_seen_at).toBe(before?.last_seen_at);
    while (now?.last_seen_at === before?.last_seen_at && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      [now] = (await list(person.client)).data;
    }
    expect(Date.parse(now?.last_seen_at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe('endSession', () => {
  it('204 ends it on both processes at once, the second time too, and records it once', async () => {
    const person = await newPerson();
    const second = await logIn(person, secondUrl);
    const path = `/api/auth/sessions/${sidOf(second.session)}`;
    expectStatus(await person.client.delete(path), 204);
    expectStatus(await person.client.delete(path), 204);
    for (const url of world().servers) {
      expect(await second.client.at(url).get('/api/auth/me')).toMatchObject({
        status: 401,
        body: { code: 'AUTH_002' },
      });
      expect(await refresh(second.session, url)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    }
    expect((await person.client.get('/api/auth/me')).status).toBe(200);
    expect(await eventsOf(database, person.id, 'session.revoked')).toEqual([
      { type: 'session.revoked', data: { session_id: sidOf(second.session) } },
    ]);
  });

  it("404 for a neighbour's session, which lives on, the same as for none", async () => {
    const [person, neighbour] = await Promise.all([newPerson(), newPerson()]);
    const foreign = await person.client.delete(`/api/auth/sessions/${sidOf(neighbour.session)}`);
    const unknown = await person.client.delete('/api/auth/sessions/018cf2b8-3c00-7000-8000-000000000000');
    expect(foreign).toMatchObject({ status: 404, body: { code: 'REQ_005' } });
    expect({ ...foreign.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
    expect((await neighbour.client.get('/api/auth/me')).status).toBe(200);
  });
});

describe('logout', () => {
  it('204 kills access and refresh token on both processes; the access token is dead for a second logout', async () => {
    const person = await newPerson();
    const other = await logIn(person);
    expectStatus(await person.client.post('/api/auth/logout'), 204);
    for (const url of world().servers) {
      expect(await person.client.at(url).get('/api/auth/me')).toMatchObject({
        status: 401,
        body: { code: 'AUTH_002' },
      });
      expect(await refresh(person.session, url)).toMatchObject({ status: 401, body: { code: 'AUTH_002' } });
    }
    expect((await person.client.post('/api/auth/logout')).status).toBe(401);
    expect((await other.client.get('/api/auth/me')).status).toBe(200);
  });

  it('keeps the refresh of a logout that is in flight from living on', async () => {
    const person = await newPerson();
    const [, ...refreshes] = await Promise.all([
      person.client.post('/api/auth/logout'),
      ...Array.from({ length: 8 }, (_, position) =>
        refresh(person.session, world().servers[position % 2 === 0 ? 0 : 1]),
      ),
    ]);
    for (const { status, body } of refreshes) {
      if (status !== 200) continue;
      const { access_token: bearer } = body as unknown as SessionBody;
      expect((await new Client(secondUrl).with({ bearer }).get('/api/auth/me')).status).toBe(401);
    }
  });
});

describe('logoutAll 204', () => {
  it('ends every session of the user and nothing else: keys live on', async () => {
    const [person, neighbour] = await Promise.all([newPerson(), newPerson()]);
    const other = await logIn(person);
    const { key } = await newKey(person.client);
    expectStatus(await person.client.post('/api/auth/logout-all'), 204);
    expect((await person.client.get('/api/auth/me')).status).toBe(401);
    expect((await other.client.get('/api/auth/me')).status).toBe(401);
    expect((await neighbour.client.get('/api/auth/me')).status).toBe(200);
    expect((await new Client(firstUrl).with({ apiKey: key }).get('/api/auth/whoami')).status).toBe(200);
    expect(await eventsOf(database, person.id, 'session.revoked')).toHaveLength(2);
  });
});
