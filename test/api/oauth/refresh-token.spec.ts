import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientEvents } from '../../support/audit.ts';
import { newTokens, refresh, worthOf } from '../../support/authorize.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newOAuthClient, newPublicClient, type OAuthClientBody } from '../../support/oauth.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let database: TestDatabase;
let servers: [TestServer, TestServer];
let developer: Person;
let person: Person;
let client: OAuthClientBody;
beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  servers = await Promise.all([startServer(environment), startServer(environment, 'api')]);
  developer = await newPerson(servers[0].url);
  person = await newPerson(servers[0].url);
  client = await newPublicClient(developer.client);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

const tokens = (own = client) => newTokens(servers[0].url, own, person);
const advance = (ms: number) => Promise.all(servers.map((server) => server.advanceClock(ms)));

describe('refresh_token', () => {
  it('200: new tokens; the old access token lives on until it ends', async () => {
    const first = await tokens();
    const answer = await refresh(servers[1].url, client, first.refresh_token);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', scope: 'read:compression write:compression' });
    expect(answer.body.refresh_token).not.toBe(first.refresh_token);
    expect(await worthOf(servers[0].url, answer.body.access_token)).toBe(200);
    expect(await worthOf(servers[0].url, first.access_token)).toBe(200);
  });

  it('narrows the access token and not the refresh token; wider than what was consented to is invalid_scope', async () => {
    const first = await tokens();
    const narrow = await refresh(servers[0].url, client, first.refresh_token, { scope: 'read:compression' });
    expect(narrow.body.scope).toBe('read:compression');
    const wide = await refresh(servers[0].url, client, narrow.body.refresh_token);
    expect(wide.body.scope).toBe('read:compression write:compression');
    const wider = await refresh(servers[0].url, client, wide.body.refresh_token, { scope: 'read:keys' });
    expect(wider.body.error).toBe('invalid_scope');
    // what was refused has spent nothing
    expect((await refresh(servers[0].url, client, wide.body.refresh_token)).status).toBe(200);
  });

  it('16 at once on two processes get one and the same successor, which refreshes once more', async () => {
    const first = await tokens();
    const other = await newTokens(servers[0].url, await newOAuthClient(developer.client), person);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => refresh(servers[index % 2]?.url ?? '', client, first.refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect((await refresh(servers[1].url, client, [...successors][0] ?? '')).status).toBe(200);
    expect(await worthOf(servers[1].url, other.access_token)).toBe(200);
  });

  it('gives the successor again within a minute, and ends everything after it, on every process, on record once', async () => {
    const first = await tokens();
    const second = await refresh(servers[0].url, client, first.refresh_token);
    await advance(59_000);
    const again = await refresh(servers[1].url, client, first.refresh_token);
    expect(again.body.refresh_token).toBe(second.body.refresh_token);
    await advance(2_000);
    for (const server of servers) {
      expect((await refresh(server.url, client, first.refresh_token)).body.error).toBe('invalid_grant');
    }
    for (const server of servers) {
      for (const { access_token: bearer } of [first, second.body, again.body]) {
        expect(await worthOf(server.url, bearer)).toBe('AUTH_002');
      }
    }
    expect((await refresh(servers[0].url, client, second.body.refresh_token)).body.error).toBe('invalid_grant');
    const events = await clientEvents(person.client, client.client_id, ['oauth.reuse_detected']);
    expect(events.filter(({ type }) => type === 'oauth.reuse_detected')).toHaveLength(1);
  });

  it('a token older than the parent ends everything at once', async () => {
    const first = await tokens();
    const second = await refresh(servers[0].url, client, first.refresh_token);
    const third = await refresh(servers[0].url, client, second.body.refresh_token);
    expect((await refresh(servers[0].url, client, first.refresh_token)).body.error).toBe('invalid_grant');
    expect(await worthOf(servers[1].url, third.body.access_token)).toBe('AUTH_002');
  });

  it("is refused to another client, and to one that was made up; the owner's goes on", async () => {
    const first = await tokens();
    const stranger = await newPublicClient(person.client);
    expect((await refresh(servers[0].url, stranger, first.refresh_token)).body.error).toBe('invalid_grant');
    const forged = `${first.refresh_token.slice(0, 27)}${'A'.repeat(43)}`;
    expect((await refresh(servers[0].url, stranger, forged)).body.error).toBe('invalid_grant');
    expect((await refresh(servers[0].url, client, first.refresh_token)).status).toBe(200);
  });

  it('does not survive its user: disabled, access and refresh token are dead at once', async () => {
    const victim = await newPerson(servers[0].url);
    const first = await newTokens(servers[0].url, client, victim);
    expect(await worthOf(servers[1].url, first.access_token)).toBe(200);
    await database.query('update users set disabled_at = now() where id = $1', [victim.id]);
    await database.query("select pg_notify('kindly_invalidation', $1)", [`owner:${victim.id}`]);
    expect((await refresh(servers[1].url, client, first.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('ends after 30 days without use', async () => {
    const first = await tokens();
    await advance(30 * 24 * 3_600_000 + 1_000);
    expect((await refresh(servers[0].url, client, first.refresh_token)).body.error).toBe('invalid_grant');
  });
});
