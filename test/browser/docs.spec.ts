import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startChromium } from './chromium.ts';
import { freePort } from './web-pages.ts';

const SCREENSHOTS = process.env.SCREENSHOTS;

let database: TestDatabase;
let server: TestServer;
let chromium: Browser;
let person: Person;
let page: Page;
const complaints: string[] = [];
const requestedHosts = new Set<string>();

beforeAll(async () => {
  database = await createDatabase();
  const port = await freePort();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
  });
  chromium = await startChromium();
  person = await newPerson(server.url);
  page = await (await chromium.newContext({ viewport: { width: 1200, height: 1400 } })).newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requestedHosts.add(new URL(request.url()).host));
  await page.goto(`http://localhost:${port}/docs`);
});
afterAll(async () => {
  await chromium.close();
  await server.stop();
  await database.drop();
});

async function authorizeWith(token: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.locator('.auth-container', { hasText: 'bearer' }).locator('input').first().fill(token);
  await dialog.locator('.auth-container', { hasText: 'bearer' }).getByRole('button', { name: 'Apply' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
}

/** Opens an operation, fills in its body if one is given, and sends it. @returns the place with the answer */
async function tryOut(operationId: string, body?: object): Promise<Locator> {
  const operation = page.locator(`[id$="-${operationId}"]`);
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  if (body) await operation.locator('textarea.body-param__text').fill(JSON.stringify(body));
  await operation.getByRole('button', { name: 'Execute' }).click();
  return operation.locator('.live-responses-table');
}

describe('Swagger UI in a browser', () => {
  it('lists the operations under their headings and fetches nothing from elsewhere', async () => {
    await page.locator('.opblock-tag').first().waitFor();
    const headings = await page.locator('.opblock-tag').evaluateAll((all) => all.map((each) => each.id));
    expect(headings.slice(0, 2)).toEqual(['operations-tag-Sessions', 'operations-tag-Account']);
    if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/docs.png` });
    expect([...requestedHosts]).toEqual([new URL(page.url()).host]);
  });

  it('calls the API with the token that was given to it, and shows the answer', async () => {
    const before = await tryOut('whoami');
    await before.getByText('AUTH_008').first().waitFor();
    await authorizeWith(person.session.access_token);
    await page.locator('[id$="-whoami"]').getByRole('button', { name: 'Execute' }).click();
    await before.getByText(person.id).first().waitFor();
    const minted = await tryOut('createApiKey', { name: 'from the docs' });
    await minted.getByText('kapi_prod_').first().waitFor();
    if (SCREENSHOTS) await minted.screenshot({ path: `${SCREENSHOTS}/docs-answer.png` });
    const { body } = await person.client.get<{ data: { name: string }[] }>('/api/keys');
    expect(body.data.map(({ name }) => name)).toEqual(['from the docs']);
  });

  it('shows a refusal with its code and what to do, and makes nothing', async () => {
    const operation = page.locator('[id$="-createApiKey"]');
    await operation.locator('textarea.body-param__text').fill('{ "name": "x", "colour": "red" }');
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table').getByText('colour').first().waitFor();
    const { body } = await person.client.get<{ data: object[] }>('/api/keys');
    expect(body.data).toHaveLength(1);
  });

  it('runs under its content security policy without a complaint', () => {
    // a refused call is an error to the console of Chromium; nothing else is
    expect(complaints.filter((text) => !/status of 40[01]/.test(text))).toEqual([]);
  });
});
