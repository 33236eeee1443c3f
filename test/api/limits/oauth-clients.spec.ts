import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { basicOf, newOAuthClient, newPublicClient, type OAuthClientBody } from '../../support/oauth.ts';
import { newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { assertionOf, JWT_BEARER, newServiceAccount, type ServiceAccountBody } from '../../support/service-accounts.ts';

const ANONYMOUS = 6;
const AUTHENTICATED = 15;

let database: TestDatabase;
let server: TestServer;
let client: OAuthClientBody;
let other: OAuthClientBody;
let open: OAuthClientBody;
let account: ServiceAccountBody;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    TRUSTED_PROXIES: '127.0.0.1',
    RATE_LIMIT_ANONYMOUS: String(ANONYMOUS),
    RATE_LIMIT_LOGIN: '0',
    RATE_LIMIT_AUTHENTICATED: String(AUTHENTICATED),
  });
  const developer = await newPerson(server.url);
  [client, other] = [await newOAuthClient(developer.client), await newOAuthClient(developer.client)];
  open = await newPublicClient(developer.client);
  account = await newServiceAccount(developer.client);
});
beforeEach(() => server.advanceClock(60_001));
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const OWN_TOKEN = { grant_type: 'client_credentials' };
const wrong = () => basicOf({ client_id: client.client_id, client_secret: 'guess' });

/** Calls one of the endpoints of clients from an address, through the proxy that the server trusts. */
function call(
  address: string,
  door: 'token' | 'introspect' | 'revoke',
  body: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer<{ error?: string }>> {
  return new Client(server.url).post(`/oauth/${door}`, body, { headers: { 'x-forwarded-for': address, ...headers } });
}

const policyOf = ({ headers }: Answer): unknown => /^"(\w+)"/.exec(headers.get('ratelimit') ?? '')?.[1];
const remainingOf = ({ headers }: Answer): number => Number(headers.get('x-ratelimit-remaining'));

function expectOverLimit(answer: Answer<{ error?: string }>): void {
  expect(answer).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
}

/** How many refusals of this client are on record. */
async function refusalsOnRecord(): Promise<number> {
  const rows = await database.query(
    `select 1 from audit.events where type = 'oauth.client.refused' and data->>'client_id' = $1`,
    [client.client_id],
  );
  return rows.length;
}

describe('a client that has proved who it is', () => {
  it('has a limit of its own at all endpoints, whatever others do behind its address', async () => {
    const address = '198.51.100.1';
    for (let time = 0; time <= ANONYMOUS; time++) await call(address, 'token', OWN_TOKEN, wrong());
    const doors = ['token', 'introspect', 'revoke'] as const;
    for (let left = AUTHENTICATED - 1; left >= 0; left--) {
      const answer = await call(address, doors[left % 3] ?? 'token', { ...OWN_TOKEN, token: 'x' }, basicOf(client));
      expect({ status: answer.status, policy: policyOf(answer), left: remainingOf(answer) }).toEqual({
        status: 200,
        policy: 'authenticated',
        left,
      });
    }
    expectOverLimit(await call('198.51.100.2', 'token', OWN_TOKEN, basicOf(client)));
    expect((await call(address, 'token', OWN_TOKEN, basicOf(other))).status).toBe(200);
  });

  it('counts what it is refused for afterwards, too', async () => {
    const answer = await call('198.51.100.3', 'token', { ...OWN_TOKEN, scope: 'nonsense' }, basicOf(client));
    expect({ status: answer.status, policy: policyOf(answer) }).toEqual({ status: 400, policy: 'authenticated' });
  });

  it('is let through exactly as often as the limit says when all requests come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: AUTHENTICATED + 9 }, () => call('198.51.100.4', 'token', OWN_TOKEN, basicOf(client))),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(9);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(AUTHENTICATED);
  });
});

describe('a service account that has proved who it is', () => {
  it('counts by itself, together with its calls of the API', async () => {
    const assertion = assertionOf(account);
    const address = '198.51.100.5';
    const answer = await call(address, 'token', { grant_type: JWT_BEARER, assertion });
    expect({ status: answer.status, policy: policyOf(answer), left: remainingOf(answer) }).toEqual({
      status: 200,
      policy: 'authenticated',
      left: AUTHENTICATED - 1,
    });
    const replayed = await call(address, 'token', { grant_type: JWT_BEARER, assertion });
    expect({ error: replayed.body.error, policy: policyOf(replayed) }).toEqual({
      error: 'invalid_grant',
      policy: 'anonymous',
    });
  });
});

describe('whoever has not', () => {
  let addresses = 0;
  it.each<[string, () => [Record<string, string>, Record<string, string>?]]>([
    ['a wrong secret', () => [OWN_TOKEN, wrong()]],
    ['an unknown client', () => [{ ...OWN_TOKEN, client_id: crypto.randomUUID() }]],
    ['a public client', () => [{ grant_type: 'refresh_token', client_id: open.client_id, refresh_token: 'x' }]],
    ['an assertion that is none', () => [{ grant_type: JWT_BEARER, assertion: 'e30.e30.e30' }]],
    ['no grant', () => [{}]],
    ['another grant', () => [{ grant_type: 'password' }]],
  ])('counts against the address: %s', async (_who, request) => {
    addresses += 1;
    const address = `203.0.113.${addresses}`;
    const [body, headers] = request();
    for (let left = ANONYMOUS - 1; left >= 0; left--) {
      const answer = await call(address, 'token', body, headers);
      expect(answer.status).toBeLessThan(429);
      expect({ policy: policyOf(answer), left: remainingOf(answer) }).toEqual({ policy: 'anonymous', left });
    }
    expectOverLimit(await call(address, 'token', body, headers));
    expectOverLimit(await call(address, 'revoke', { client_id: open.client_id, token: 'x' }));
  });

  it('is not put on record over the limit, so that guessing does not fill the trail', async () => {
    const before = await refusalsOnRecord();
    const answers = await Promise.all(
      Array.from({ length: ANONYMOUS + 20 }, () => call('198.51.100.6', 'token', OWN_TOKEN, wrong())),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(ANONYMOUS);
    expect(await refusalsOnRecord()).toBe(before + ANONYMOUS);
  });
});
