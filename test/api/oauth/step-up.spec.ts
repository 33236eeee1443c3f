import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorizePath, newTokens, PageBrowser, worthOf } from '../../support/authorize.ts';
import { type Authenticator, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { newAdministrator } from '../../support/administrators.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newOAuthClient, type OAuthClientBody } from '../../support/oauth.ts';
import { expectStatus, newPerson, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let database: TestDatabase;
let servers: [TestServer, TestServer];
let administrator: Person;
let client: OAuthClientBody;
let person: Person;
let app: Authenticator;
let now: number;
beforeAll(async () => {
  database = await createDatabase();
  const environment = { DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
  servers = await Promise.all([startServer(environment), startServer(environment, 'api')]);
  for (const server of servers) now = await server.setClock(Date.UTC(2030, 0, 1));
  administrator = await newAdministrator(database, servers[0].url);
  client = await newOAuthClient((await newPerson(servers[0].url)).client);
  person = await newPerson(servers[0].url);
  app = await enrol(person, () => now);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

describe('consent while administrators demand a step-up before minting', () => {
  it('asks for a code, refuses a wrong one, and gives nothing without it', async () => {
    expectStatus(await administrator.client.patch('/api/admin/policy', { step_up_before_minting: true }), 200);
    const browser = new PageBrowser(servers[0].url);
    const login = await browser.open(authorizePath(client));
    const asked = await browser.submit(login, { email: person.email, password: person.password });
    const entered = await browser.submit(asked, { mfa_code: totp(app.secret, now) });
    const consent = await browser.open(`${entered.location?.pathname}${entered.location?.search}`);
    expect(consent.text).toContain('name="mfa_code"');
    const wrong = await browser.submit(consent, { decision: 'approve', mfa_code: wrongCode(app.secret, now) });
    expect(wrong).toMatchObject({ status: 403, location: null });
    expect((await browser.submit(consent, { decision: 'approve' })).location).toBeNull();
    expect(await database.query('select 1 from oauth_authorizations')).toHaveLength(0);
    const good = await browser.submit(consent, { decision: 'approve', mfa_code: totp(app.secret, now + 30_000) });
    expect(good.location?.searchParams.get('code')).toMatch(/^koac_/);
    expectStatus(await administrator.client.patch('/api/admin/policy', { step_up_before_minting: false }), 200);
  });
});

describe('a token', () => {
  it('dies with its user on every process: disabled by an administrator, it is refused at once', async () => {
    const victim = await newPerson(servers[0].url);
    const { access_token: bearer } = await newTokens(servers[0].url, client, victim);
    for (const { url } of servers) expect(await worthOf(url, bearer)).toBe(200);
    const disabled = await administrator.client.post(`/api/admin/users/${victim.id}/disable`, { reason: 'left' });
    expectStatus(disabled, 200);
    for (const { url } of servers) expect(await worthOf(url, bearer)).toBe('AUTH_002');
  });
});
