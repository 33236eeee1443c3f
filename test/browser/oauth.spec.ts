import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { authorizePath, redeem } from '../support/authorize.ts';
import { enrol, totp } from '../support/authenticator.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { credentialsOf, newOAuthClient, type OAuthClientBody } from '../support/oauth.ts';
import { newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startChromium } from './chromium.ts';
import { freePort } from './web-pages.ts';

const SCREENSHOTS = process.env.SCREENSHOTS;

let database: TestDatabase;
let server: TestServer;
let api: string;
let application: Server;
let redirectUri: string;
let chromium: Browser;
let developer: Person;
let person: Person;
let client: OAuthClientBody;
let page: Page;

beforeAll(async () => {
  database = await createDatabase();
  application = createServer((_request, response) => response.end('back at the application'));
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  redirectUri = `http://localhost:${(application.address() as AddressInfo).port}/callback`;
  const port = await freePort();
  api = `http://api.kindly.test:${port}`;
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    PORT: String(port),
    PUBLIC_URL: api,
  });
  chromium = await startChromium();
  developer = await newPerson(server.url);
  client = await newOAuthClient(developer.client, { redirect_uris: [redirectUri] });
});
afterAll(async () => {
  await chromium.close();
  await server.stop();
  application.closeAllConnections();
  application.close();
  await database.drop();
});

beforeEach(async () => {
  person = await newPerson(server.url);
  const context = await chromium.newContext({ viewport: { width: 390, height: 740 } });
  page = await context.newPage();
});

const start = (): Promise<unknown> => page.goto(api + authorizePath(client, { redirect_uri: redirectUri }));

async function look(name: string): Promise<void> {
  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}

async function logIn(): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

describe('the pages in Chromium', () => {
  it('lead from the application through login and consent back to it, with the policies in force', async () => {
    await start();
    await look('login');
    await logIn();
    await look('consent');
    expect(await page.getByRole('heading').textContent()).toBe('Allow Example App?');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForURL(`${redirectUri}**`);
    expect(await page.textContent('body')).toBe('back at the application');
    const back = new URL(page.url());
    expect(back.searchParams.get('state')).toBe('st-1');
    const answer = await redeem(server.url, {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      ...credentialsOf(client),
    });
    expect(answer.status).toBe(200);
    // the next time nobody is asked, and the browser goes straight back
    await start();
    expect(page.url()).toContain(`${redirectUri}?code=koac_`);
  });

  it('say what is wrong, ask for the second factor, and take no for an answer', async () => {
    const { secret } = await enrol(person);
    await start();
    await page.getByLabel('E-mail').fill(person.email);
    await page.getByLabel('Password').fill('wrong wrong wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('wrong');
    await look('wrong-password');
    await logIn();
    await look('code');
    await page.getByLabel('Code').fill(totp(secret));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Do not allow' }).click();
    await page.waitForURL(`${redirectUri}**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });

  it('show an unknown application as a page that leads nowhere, in the dark as well', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${api}/oauth/authorize?client_id=unknown&redirect_uri=https://evil.example/`);
    expect(await page.textContent('h1')).toBe('This does not work');
    await look('unknown');
    expect(page.url()).toContain(api);
  });
});
