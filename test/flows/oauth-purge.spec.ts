import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type AskedCode, newCode, newTokens, redeem, refresh, worthOf } from '../support/authorize.ts';
import { runCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { setDatabaseClockAhead } from '../support/database-clock.ts';
import { Jobs } from '../support/jobs.ts';
import {
  clientCredentialsToken,
  type ClientTokenBody,
  newOAuthClient,
  type OAuthClientBody,
} from '../support/oauth.ts';
import { expectStatus, newPerson, type Person } from '../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';

// the jobs of a server start some time after it
jest.setTimeout(120_000);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let database: TestDatabase;
let server: TestServer;
let jobs: Jobs;
let developer: Person;
let person: Person;
let client: OAuthClientBody;
let unrefreshed: OAuthClientBody;

beforeAll(async () => {
  database = await createDatabase();
  await setDatabaseClockAhead(database, 0);
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  jobs = await Jobs.open(database);
  developer = await newPerson(server.url);
  person = await newPerson(server.url);
  client = await newOAuthClient(developer.client);
  unrefreshed = await newOAuthClient(developer.client, { grant_types: ['authorization_code'] });
});
afterAll(async () => {
  await jobs.close();
  await server.stop();
  await database.drop();
});

let aheadMs = 0;

/** Moves the clocks of the server and of the database. */
async function letPass(ms: number): Promise<void> {
  aheadMs += ms;
  await setDatabaseClockAhead(database, aheadMs);
  await server.advanceClock(ms);
}

async function purgeAfter(ms: number): Promise<void> {
  await letPass(ms);
  await jobs.run('row-retention');
}

async function count(table: string, condition = 'true', ...values: readonly unknown[]): Promise<number> {
  const [row] = await database.query<{ rows: number }>(
    `select count(*)::int as rows from ${table} where ${condition}`,
    [...values],
  );
  return row?.rows ?? 0;
}

const reuses = () => count('audit.events', "type = 'oauth.reuse_detected'");

async function refreshed(tokens: ClientTokenBody): Promise<ClientTokenBody> {
  return expectStatus(await refresh(server.url, client, tokens.refresh_token), 200).body;
}

describe('what the purge leaves of OAuth', () => {
  let first: ClientTokenBody;
  let current: ClientTokenBody;
  let quiet: AskedCode;
  let abandoned: AskedCode;
  let deleted: OAuthClientBody;

  beforeAll(async () => {
    first = await newTokens(server.url, client, person);
    current = await refreshed(first);
    quiet = await newCode(server.url, unrefreshed, person);
    expectStatus(await redeem(server.url, quiet.redemption), 200);
    abandoned = await newCode(server.url, unrefreshed, await newPerson(server.url));
    deleted = await newOAuthClient(developer.client);
    await newTokens(server.url, deleted, person);
    expectStatus(await developer.client.delete(`/api/oauth/clients/${deleted.id}`), 204);
    const rotated = await runCommand(['oauth', 'rotate-signing-key'], {
      DATABASE_URL: database.runtimeUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      ...TEST_SECRETS,
    });
    expect(rotated.exitCode).toBe(0);
  });

  it('within the hour: everything', async () => {
    const rows = { tokens: await count('oauth_access_tokens'), authorizations: await count('oauth_authorizations') };
    await purgeAfter(HOUR / 2);
    expect(rows).toEqual({
      tokens: await count('oauth_access_tokens'),
      authorizations: await count('oauth_authorizations'),
    });
    expect(rows).toEqual({ tokens: 4, authorizations: 4 });
    expect(await worthOf(server.url, current.access_token)).toBe(200);
  });

  it('after it: access tokens that live, and the codes and refresh tokens that tell a thief', async () => {
    await letPass(HOUR);
    const living = await clientCredentialsToken(server.url, client);
    await purgeAfter(0);
    expect(await count('oauth_access_tokens')).toBe(1);
    expect(await worthOf(server.url, living)).toBe(200);
    expect(await worthOf(server.url, current.access_token)).toBe('AUTH_002');
    expect(await count('oauth_authorizations')).toBe(4);
    current = await refreshed(current);
    expect(await worthOf(server.url, current.access_token)).toBe(200);
    // the code is told from one that never was, although all of its tokens have ended
    const before = await reuses();
    expect((await redeem(server.url, quiet.redemption)).body.error).toBe('invalid_grant');
    expect(await reuses()).toBe(before + 1);
  });

  it('after a day: no code that nobody can use, no replaced signing key; what can be refreshed still can', async () => {
    await purgeAfter(DAY + 2 * HOUR);
    expect(await count('oauth_authorizations')).toBe(2);
    expect(await count('oauth_signing_keys')).toBe(1);
    const before = await reuses();
    for (const { redemption } of [quiet, abandoned]) {
      expect((await redeem(server.url, redemption)).body.error).toBe('invalid_grant');
    }
    expect(await reuses()).toBe(before);
    // consent outlives the codes that it was given for
    expect(await count('oauth_grants', 'client_id = $1 and revoked_at is null', client.id)).toBe(1);
    expect(await count('oauth_clients', 'id = $1', deleted.id)).toBe(1);
    current = await refreshed(current);
  });

  it('after 30 days: no deleted client, and no grant of it; a spent refresh token still ends its family', async () => {
    await letPass(20 * DAY);
    current = await refreshed(current);
    await purgeAfter(10 * DAY);
    expect(await count('oauth_clients', 'id = $1', deleted.id)).toBe(0);
    expect(await count('oauth_grants', 'client_id = $1', deleted.id)).toBe(0);
    expect(await count('oauth_clients', 'id = $1', client.id)).toBe(1);
    const before = await reuses();
    expect((await refresh(server.url, client, first.refresh_token)).body.error).toBe('invalid_grant');
    expect(await reuses()).toBe(before + 1);
    expect((await refresh(server.url, client, current.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('in the end: nothing', async () => {
    await purgeAfter(40 * DAY);
    expect(await count('oauth_authorizations')).toBe(0);
    expect(await count('oauth_access_tokens')).toBe(0);
    expect(await count('oauth_grants', 'revoked_at is not null')).toBe(0);
    expect(await count('oauth_clients')).toBe(2);
  });
});
