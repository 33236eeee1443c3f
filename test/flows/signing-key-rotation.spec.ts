import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, type FetchImplementation, jwtVerify } from 'jose';
import { worthOf } from '../support/authorize.ts';
import { Client } from '../support/client.ts';
import { runCommand, startCommand } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { clientCredentialsToken, newOAuthClient, type OAuthClientBody } from '../support/oauth.ts';
import { newPerson } from '../support/people.ts';
import { startServer, TEST_SECRETS, type TestServer } from '../support/server.ts';
import { ISSUER } from '../support/service-accounts.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(60_000);

const MINUTE = 60_000;
const ROTATE = ['oauth', 'rotate-signing-key'];

let database: TestDatabase;
let servers: [TestServer, TestServer];
let client: OAuthClientBody;
let now: number;

beforeEach(async () => {
  database = await createDatabase();
  servers = [await startServer(connection()), await startServer(connection(), 'api')];
  const { client: developer } = await newPerson(servers[0].url);
  client = await newOAuthClient(developer, { access_token_format: 'jwt' });
  await passMinutes(0);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

const connection = () => ({
  DATABASE_URL: database.runtimeUrl,
  DATABASE_MIGRATION_URL: database.ownerUrl,
  ...TEST_SECRETS,
});

async function passMinutes(minutes: number): Promise<void> {
  const times = await Promise.all(servers.map((server) => server.advanceClock(minutes * MINUTE)));
  now = Math.max(...times);
}

const kidOf = (token: string): string | undefined => decodeProtectedHeader(token).kid;
const newTokens = () => Promise.all(servers.map(({ url }) => clientCredentialsToken(url, client)));

/** The ids of the published keys, the same on every process. */
async function publishedKids(): Promise<string[]> {
  const sets = await Promise.all(
    servers.map(({ url }) => new Client(url).get<{ keys: Record<string, string>[] }>('/oauth/jwks')),
  );
  const [kids = [], ...others] = sets.map(({ body }) => body.keys.map(({ kid = '' }) => kid));
  for (const other of others) expect(other).toEqual(kids);
  for (const { text } of sets) expect(text).not.toContain('"d"');
  return kids;
}

/** Somebody who checks tokens with jose, and fetches the keys when told to. */
function resourceServer(url: string) {
  const state = { fetches: 0 };
  const counting: FetchImplementation = (...request) => {
    state.fetches += 1;
    return fetch(...request);
  };
  const keys = createRemoteJWKSet(new URL('/oauth/jwks', url), {
    [customFetch]: counting,
    cooldownDuration: Infinity,
    cacheMaxAge: Infinity,
  });
  const verify = (token: string) =>
    jwtVerify(token, keys, { issuer: ISSUER, audience: ISSUER, typ: 'at+jwt', currentDate: new Date(now) });
  return { state, keys, verify };
}

async function rotations(): Promise<{ data: Record<string, unknown>; owner_id: string | null }[]> {
  return database.query("select data, owner_id from audit.events where type = 'oauth.signing_key.rotated'");
}

describe('oauth rotate-signing-key', () => {
  it('announces a key for an hour before it signs, and keeps the old one for as long as its tokens live', async () => {
    const [early = ''] = await newTokens();
    const old = kidOf(early);
    expect(await publishedKids()).toEqual([old]);

    const result = await runCommand(ROTATE, connection());
    expect(result).toMatchObject({ exitCode: 0 });
    await passMinutes(2);
    const [announced = '', ...rest] = await publishedKids();
    expect(rest).toEqual([old]);
    expect(result.output).toContain(announced);
    const relying = resourceServer(servers[0].url);
    await relying.verify(early);
    expect(relying.state.fetches).toBe(1);

    await passMinutes(55);
    const last = await newTokens();
    expect(last.map(kidOf)).toEqual([old, old]);
    await passMinutes(4);
    const next = await newTokens();
    expect(next.map(kidOf)).toEqual([announced, announced]);
    // whoever fetched the keys when they were announced need not fetch them again
    for (const token of [...last, ...next]) await relying.verify(token);
    expect(relying.state.fetches).toBe(1);
    for (const { url } of servers) {
      for (const token of [...last, ...next]) expect(await worthOf(url, token)).toBe(200);
    }

    await passMinutes(55);
    expect(await publishedKids()).toEqual([announced, old]);
    for (const token of last) {
      await resourceServer(servers[1].url).verify(token);
      for (const { url } of servers) expect(await worthOf(url, token)).toBe(200);
    }
    await passMinutes(70);
    expect(await publishedKids()).toEqual([announced]);
    expect((await newTokens()).map(kidOf)).toEqual([announced, announced]);
    expect(await rotations()).toEqual([
      { owner_id: null, data: { kid: announced, signs_from: expect.any(String), reason: 'rotation' } },
    ]);
  });

  it('is done by one process at a time, and once while a key is announced', async () => {
    const [old] = await publishedKids();
    const results = await Promise.all([1, 2, 3].map(() => runCommand(ROTATE, connection())));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(results.filter(({ output }) => output.includes('nothing was done'))).toHaveLength(2);
    await passMinutes(2);
    const kids = await publishedKids();
    expect(kids).toEqual([expect.any(String), old]);
    for (const { output } of results) expect(output).toContain(kids[0]);
    expect(await rotations()).toHaveLength(1);
  });

  it('killed at any moment has done all of it or nothing, and can be run again', async () => {
    const [token = ''] = await newTokens();
    for (const delayMs of [100, 300, 500, 700, 900, 1_100]) {
      const command = startCommand(ROTATE, connection());
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      command.child.kill('SIGKILL');
      await command.finished;
      const [row] = await database.query<{ keys: number; replaced: number }>(
        'select count(*)::int as keys, count(published_until)::int as replaced from oauth_signing_keys',
      );
      const done = (await rotations()).length;
      expect(row).toEqual({ keys: 1 + done, replaced: done });
    }
    expect(await runCommand(ROTATE, connection())).toMatchObject({ exitCode: 0 });
    expect(await rotations()).toHaveLength(1);
    await passMinutes(2);
    expect(await publishedKids()).toHaveLength(2);
    for (const { url } of servers) expect(await worthOf(url, token)).toBe(200);
    await resourceServer(servers[1].url).verify(token);
  });

  it('of a leaked key withdraws it within a minute, and one that was announced with it', async () => {
    const [stolen = ''] = await newTokens();
    await runCommand(ROTATE, connection());
    expect(await runCommand([...ROTATE, '--leaked'], connection())).toMatchObject({ exitCode: 0 });
    await passMinutes(2);
    const kids = await publishedKids();
    expect(kids).toHaveLength(1);
    expect((await newTokens()).map(kidOf)).toEqual([kids[0], kids[0]]);
    await expect(resourceServer(servers[0].url).verify(stolen)).rejects.toThrow('no applicable key');
    expect((await rotations()).map(({ data }) => data.reason)).toEqual(['rotation', 'leak']);
  });
});
