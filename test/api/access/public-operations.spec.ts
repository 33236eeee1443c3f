import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ProblemBody } from '../../support/client.ts';
import { cookieHeader, loginWithCookie } from '../../support/cookies.ts';
import { openApiDocument } from '../../support/documented.ts';
import {
  expectStatus,
  newEmail,
  newKey,
  newPerson,
  type Person,
  PASSWORD,
  type SessionBody,
} from '../../support/people.ts';
import { assertionOf, JWT_BEARER, newServiceAccount, requestToken } from '../../support/service-accounts.ts';
import { signedHeaders } from '../../support/signing.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const anonymous = new Client(baseUrl);
const document = await openApiDocument(baseUrl);

/** Read from the running application, so that a new operation is walked without anybody thinking of it. */
const publicOperations = Object.entries(document.paths).flatMap(([template, item]) =>
  Object.entries(item)
    .filter(([, operation]) => operation['x-requires'] === 'public')
    .map(([method, { operationId }]) => ({ operationId, method: method.toUpperCase(), path: template })),
);

/** The one operation for which a key is not a caller's credential but what the request is about. */
const isAboutItsKey = (operationId: string): boolean => operationId === 'selfRevokeApiKey';

type Headers = Record<string, string>;

let person: Person;
const dead: { what: string; headers: Headers }[] = [];

beforeAll(async () => {
  person = await newPerson();
  const other = await newPerson();
  await other.client.post('/api/auth/logout');
  const gone = await newKey(person.client);
  await person.client.delete(`/api/keys/${gone.id}`);
  const signing = await newKey(person.client, { require_signature: true });
  const account = await newServiceAccount(person.client);
  const assertion = assertionOf(account);
  const robot = (await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion })).body.access_token;
  await person.client.delete(`/api/service-accounts/${account.id}`);
  const browser = await loginWithCookie(person, baseUrl);
  await anonymous.with({ bearer: browser.tokens.access_token }).post('/api/auth/logout');
  const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
  dead.push(
    { what: 'a token of a session that has ended', headers: bearer(other.session.access_token) },
    { what: 'a refresh token', headers: bearer(person.session.refresh_token) },
    { what: 'a token of a robot that is gone', headers: bearer(robot) },
    { what: 'an OAuth token that nobody has issued', headers: bearer(`koat_${'0'.repeat(32)}`) },
    { what: 'a garbled token', headers: bearer('a.b.c') },
    { what: 'an API key as a token', headers: bearer(gone.key) },
    { what: 'no token at all', headers: { authorization: 'Bearer' } },
    { what: 'an empty header', headers: { authorization: '' } },
    { what: 'another scheme', headers: { authorization: 'Token abc' } },
    { what: 'a text that is no header of the kind', headers: { authorization: `Bearer a b ${'x'.repeat(9_000)}` } },
    { what: 'a revoked key', headers: { 'x-api-key': gone.key } },
    { what: 'a garbled key', headers: { 'x-api-key': 'kapi_prod_nonsense' } },
    { what: 'an empty key', headers: { 'x-api-key': '' } },
    { what: 'an unsigned key that demands signatures', headers: { 'x-api-key': signing.key } },
    {
      what: 'a key with a signature of something else',
      headers: signedHeaders(signing, { method: 'GET', target: '/elsewhere' }),
    },
    { what: 'a cookie of a session that has ended', headers: { cookie: cookieHeader(browser.cookie) } },
  );
});

/** What of an answer does not differ from one request to the next. */
async function outcome(method: string, path: string, headers: Headers = {}): Promise<object> {
  const answer = await anonymous.request<ProblemBody & { error?: string }>(method, path, {
    headers,
    isDocumented: false,
  });
  const { code, detail, error } = answer.body ?? {};
  return { status: answer.status, code, detail, error, challenge: answer.headers.get('www-authenticate') };
}

describe('a credential that is no good counts as none beside a public operation:', () => {
  it('all of them are walked', () => {
    expect(publicOperations.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining([
        'login',
        'register',
        'refreshToken',
        'getLiveness',
        'getJwks',
        'issueToken',
        'getStatus',
      ]),
    );
  });

  it.each(publicOperations)('$operationId answers as without it', async ({ operationId, method, path }) => {
    const expected = await outcome(method, path);
    const answers = await Promise.all(
      dead.map(async ({ what, headers }) => ({ what, ...(await outcome(method, path, headers)) })),
    );
    const isEmpty = ({ what }: { what: string }): boolean => /no token at all|an empty|cookie/.test(what);
    for (const { what, ...answer } of answers) {
      if (isAboutItsKey(operationId) && !isEmpty({ what })) expect(answer).not.toEqual(expected);
      else expect({ what, ...answer }).toEqual({ what, ...expected });
    }
  });

  it('one logs in, refreshes and registers with it', async () => {
    for (const { what, headers } of dead) {
      const client = new Client(baseUrl, headers);
      const { email, password } = person;
      const login = expectStatus(await client.post<SessionBody>('/api/auth/login', { email, password }), 200);
      const { refresh_token } = login.body;
      const refreshed = await client.post<SessionBody>('/api/auth/refresh', { refresh_token });
      expect({ what, status: refreshed.status }).toEqual({ what, status: 200 });
      const registration = { email: newEmail(), password: PASSWORD, name: 'Somebody new' };
      expect((await client.post('/api/auth/register', registration)).status).toBe(201);
    }
  });

  it('but not beside one that needs a credential', async () => {
    for (const { what, headers } of dead) {
      const answer = await new Client(baseUrl, headers).get('/api/keys');
      expect({ what, status: answer.status }).toEqual({ what, status: 401 });
    }
  });

  it('and does not silence the session of a browser', async () => {
    const browser = await loginWithCookie(person, baseUrl);
    const headers = { cookie: cookieHeader(browser.cookie), authorization: 'Bearer a.b.c' };
    const token = await anonymous.get<{ csrf_token: string }>('/api/csrf-token', { headers });
    const changed = await anonymous.patch(
      '/api/auth/me',
      { name: 'Changed' },
      { headers: { cookie: headers.cookie, origin: 'http://localhost:3000', 'x-csrf-token': token.body.csrf_token } },
    );
    expect(changed.status).toBe(200);
  });

  it('while two that look good are refused as everywhere', async () => {
    const key = await newKey(person.client);
    const headers = { authorization: `Bearer ${person.session.access_token}`, 'x-api-key': key.key };
    const answer = await new Client(baseUrl, headers).post('/api/auth/login', { email: person.email, password: 'x' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'AUTH_014' } });
  });
});
