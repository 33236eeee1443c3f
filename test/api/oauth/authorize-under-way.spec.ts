import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { authorizePath, hiddenFields, logInOnPage, PageBrowser } from '../../support/authorize.ts';
import { enrol, totp } from '../../support/authenticator.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { duringChange } from '../../support/held-transaction.ts';
import { newOAuthClient, type OAuthClientBody } from '../../support/oauth.ts';
import { expectStatus, newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each login hashes a password, and the machine may be busy
jest.setTimeout(60_000);

// Between two pages the account may change. The second page must not stand on what the first one has found out.

let database: TestDatabase;
let server: TestServer;
let client: OAuthClientBody;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  client = await newOAuthClient((await newPerson(server.url)).client);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function liveSessionsOf({ id }: Person): Promise<number> {
  return (await database.query('select 1 from sessions where user_id = $1 and revoked_at is null', [id])).length;
}

/** A browser that has shown the password and is asked for the code. */
async function atTheSecondStep() {
  const person = await newPerson(server.url);
  const app = await enrol(person);
  const browser = new PageBrowser(server.url);
  const login = await browser.open(authorizePath(client));
  const asked = await browser.submit(login, { email: person.email, password: PASSWORD });
  expect(hiddenFields(asked).ticket).toBeDefined();
  return { person, app, browser, asked };
}

describe('the second step of the login page', () => {
  it('is void after a password change: the ticket of the old password opens no session', async () => {
    const { person, app, browser, asked } = await atTheSecondStep();
    const change = { current_password: PASSWORD, new_password: 'another horse battery staple' };
    expectStatus(await person.client.post('/api/auth/password', change), 204);
    const [code = ''] = app.recoveryCodes;
    const entered = await browser.submit(asked, { mfa_code: code });
    expect(entered).toMatchObject({ status: 403, location: null });
    expect(entered.text).toContain('Log in once more.');
    expect(browser.cookie('kindly_session')).toBeUndefined();
    expect(await liveSessionsOf(person)).toBe(1);
    expect((await person.client.get('/api/auth/mfa')).body).toMatchObject({ recovery_codes_left: 10 });
  });

  it.each([
    ['a password change', 'update users set password_hash = $2 where id = $1'],
    ['a lock', 'update users set locked_at = now() where id = $1 and $2::text is not null'],
    ['the end of the account', 'update users set disabled_at = now() where id = $1 and $2::text is not null'],
  ])('opens no session while %s is on its way', async (_what, change) => {
    const { person, app, browser, asked } = await atTheSecondStep();
    const entered = await duringChange(database.ownerUrl, change, [person.id, 'another hash'], () =>
      browser.submit(asked, { mfa_code: totp(app.secret) }),
    );
    expect(entered.location).toBeNull();
    expect([403, 423]).toContain(entered.status);
    expect(browser.cookie('kindly_session')).toBeUndefined();
    expect(await liveSessionsOf(person)).toBe(1);
  });
});

describe('a consent', () => {
  it('gives no code once the session that gives it has ended', async () => {
    const person = await newPerson(server.url);
    const browser = new PageBrowser(server.url);
    const consent = await logInOnPage(browser, authorizePath(client), person);
    const change = `with ended as (update sessions set revoked_at = now() where user_id = $1 returning id)
      select id from users where id = $1 and exists (select from ended) for no key update`;
    const sent = await duringChange(database.ownerUrl, change, [person.id], () =>
      browser.submit(consent, { decision: 'approve' }),
    );
    expect(sent.location).toBeNull();
    expect(await database.query('select 1 from oauth_grants where user_id = $1', [person.id])).toEqual([]);
    expect(await database.query('select 1 from oauth_authorizations')).toEqual([]);
  });
});
