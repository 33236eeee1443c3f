import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newPerson, type Person } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { startChromium } from './chromium.ts';
import { freePort, startWebPages, type WebPages } from './web-pages.ts';

// The two snippets of the customers' guide, character by character; only the host is replaced below.
const GET_TOKEN = `const response = await fetch('https://api.kindly.com/api/csrf-token', {
credentials: 'include'
});
const { csrf_token } = await response.json();`;
const USE_TOKEN = `const result = await fetch('https://api.kindly.com/api/compression/compress', {
method: 'POST',
headers: {
'Authorization': \`Bearer \${accessToken}\`,
'X-CSRF-Token': csrf_token,
'Content-Type': 'application/json'
},
body: JSON.stringify(data),
credentials: 'include'
});`;

let database: TestDatabase;
let server: TestServer;
let pages: WebPages;
let chromium: Browser;
let context: BrowserContext;
let api: string;
/** On another port and host of the same site, and named in CORS_ORIGINS. */
let app: string;
/** Of the same site, so that the browser sends its cookies along; not named. */
let sibling: string;
let stranger: string;
let person: Person;
let page: Page;

beforeAll(async () => {
  database = await createDatabase();
  pages = await startWebPages();
  const port = await freePort();
  api = `http://api.kindly.test:${port}`;
  app = pages.originOf('app.kindly.test');
  sibling = pages.originOf('forum.kindly.test');
  stranger = pages.originOf('evil.example');
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    PORT: String(port),
    PUBLIC_URL: api,
    CORS_ORIGINS: app,
  });
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium.close();
  await server.stop();
  await pages.close();
  await database.drop();
});

beforeEach(async () => {
  person = await newPerson(server.url);
  context = await chromium.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

/** Runs the body of an async function in a page; what it returns comes back. */
function run<T>(body: string): Promise<T> {
  return page.evaluate<T>(`(async () => { ${body.replaceAll('https://api.kindly.com', api)} })()`);
}

interface Outcome {
  readonly status: number;
  readonly body: { readonly code?: string; readonly csrf_token?: string; readonly access_token?: string };
}

/** Fetches as a script of the page; null if the browser does not let the script have the answer. */
function fetchInPage(path: string, init: object): Promise<Outcome | null> {
  return run(`try {
    const response = await fetch(${JSON.stringify(api + path)}, ${JSON.stringify({ credentials: 'include', ...init })});
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  } catch { return null; }`);
}

function json(body: object, headers: object = {}): object {
  return { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Logs the person in from a page of the application, with a cookie. @returns a CSRF token of the session */
async function logIn(who = person): Promise<string> {
  await page.goto(app);
  const { email, password } = who;
  expect(await fetchInPage('/api/auth/login', json({ email, password, cookie: true }))).toMatchObject({ status: 200 });
  const token = await fetchInPage('/api/csrf-token', {});
  return token?.body.csrf_token ?? '';
}

async function keyCount(who = person): Promise<number> {
  return (await who.client.get<{ data: unknown[] }>('/api/keys')).body.data.length;
}

/** The statuses of the server's answers to POST requests for a path, as its log tells them. */
function answersTo(path: string): number[] {
  return server
    .output()
    .split('\n')
    .filter((line) => line.includes('"method":"POST"') && line.includes(`"path":"${path}"`))
    .map((line) => (JSON.parse(line) as { status: number }).status);
}

/** The status of the answer to what a page sends and cannot read: 401 if no cookie went along. */
async function statusOf(path: string, send: () => Promise<unknown>): Promise<number | undefined> {
  const before = answersTo(path).length;
  await send();
  await until(() => answersTo(path).length > before, 20_000);
  return answersTo(path).at(-1);
}

/** A form of the one type that can look like JSON. */
function formOf(path: string, text: string): string {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  return `<form method="post" enctype="text/plain" action="${api}${path}"><input name='${name}' value='${value}'></form>`;
}

/** Sends a form to the API from the page. */
function sendForm(path: string, text: string): Promise<unknown> {
  const html = JSON.stringify(formOf(path, text));
  return page.evaluate(`document.body.innerHTML = ${html}; document.forms[0].submit();`);
}

/** The same from a frame that has no origin of its own. */
function sendSandboxedForm(path: string, text: string): Promise<unknown> {
  const html = JSON.stringify(`${formOf(path, text)}<script>document.forms[0].submit()</script>`);
  return page.evaluate(`const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts allow-forms');
    frame.srcdoc = ${html};
    document.body.append(frame);`);
}

/** A form's text that reads as JSON: the equals sign that the form puts in ends up inside a string. */
const NEW_KEY_AS_FORM = '{"name":"planted="}';

describe("the guide's snippets in Chromium", () => {
  it('work as printed from a page on an origin that CORS_ORIGINS names', async () => {
    await page.goto(app);
    const accessToken = JSON.stringify(person.session.access_token);
    const data = JSON.stringify({ data: { hello: 'world' } });
    const result = await run<Outcome & { algorithm: string }>(
      `const accessToken = ${accessToken}; const data = ${data};\n${GET_TOKEN}\n${USE_TOKEN}\n` +
        'return { status: result.status, ...(await result.json()) };',
    );
    expect(result).toMatchObject({ status: 200, algorithm: expect.any(String) });
  });

  it('work as printed in a browser that has a session cookie of another login', async () => {
    await logIn();
    const accessToken = JSON.stringify(person.session.access_token);
    const status = await run<number>(
      `const accessToken = ${accessToken}; const data = { data: 1 };\n${GET_TOKEN}\n${USE_TOKEN}\nreturn result.status;`,
    );
    expect(status).toBe(200);
  });

  it.each([
    ['a stranger', () => stranger],
    ['a sibling of the same site', () => sibling],
  ])('fail from %s: the browser keeps the token from the page', async (_who, origin) => {
    await page.goto(origin());
    await expect(run(`${GET_TOKEN}\nreturn csrf_token;`)).rejects.toThrow(/Failed to fetch/);
    const accessToken = JSON.stringify(person.session.access_token);
    const script = `const accessToken = ${accessToken}; const data = { data: 1 }; const csrf_token = 'x';\n${USE_TOKEN}`;
    await expect(run(script)).rejects.toThrow(/Failed to fetch/);
  });

  it('fail with a token that was made up: 403, readable by the page', async () => {
    await page.goto(app);
    const headers = { Authorization: `Bearer ${person.session.access_token}`, 'X-CSRF-Token': 'made-up' };
    const outcome = await fetchInPage('/api/compression/compress', json({ data: 1 }, headers));
    expect(outcome).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
  });
});

describe('a session cookie in Chromium', () => {
  it('logs in, reads, and changes with the token of the session; no script can see it', async () => {
    const token = await logIn();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await fetchInPage('/api/keys', {})).toMatchObject({ status: 200 });
    const made = await fetchInPage('/api/keys', json({ name: 'Mine' }, { 'X-CSRF-Token': token }));
    expect(made).toMatchObject({ status: 201 });
    expect(await keyCount()).toBe(1);
  });

  it('changes nothing without the token, or with one from before the login', async () => {
    await page.goto(app);
    const early = (await fetchInPage('/api/csrf-token', {}))?.body.csrf_token ?? '';
    await logIn();
    for (const headers of [{}, { 'X-CSRF-Token': early }]) {
      const outcome = await fetchInPage('/api/keys', json({ name: 'x' }, headers));
      expect(outcome).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
    }
    expect(await keyCount()).toBe(0);
  });
});

describe('a page of somebody else in the same browser', () => {
  it('that is a stranger sends no cookie along with a form: 401, and nothing changes', async () => {
    await logIn();
    await page.goto(stranger);
    expect(await statusOf('/api/keys', () => sendForm('/api/keys', NEW_KEY_AS_FORM))).toBe(401);
    expect(await keyCount()).toBe(0);
  });

  it('that is a sibling sends the cookie along with a form, and is refused: 403, and nothing changes', async () => {
    await logIn();
    await page.goto(sibling);
    expect(await statusOf('/api/keys', () => sendForm('/api/keys', NEW_KEY_AS_FORM))).toBe(403);
    expect(await keyCount()).toBe(0);
  });

  it('that is a sibling and fetches without CORS is refused: 403, and nothing changes', async () => {
    await logIn();
    await page.goto(sibling);
    const send = () => fetchInPage('/api/keys', { method: 'POST', mode: 'no-cors', body: '{"name":"planted"}' });
    expect(await statusOf('/api/keys', send)).toBe(403);
    expect(await keyCount()).toBe(0);
  });

  it('that hides in a sandbox, so that its Origin is null, is refused: nothing changes', async () => {
    await logIn();
    await page.goto(sibling);
    const status = await statusOf('/api/keys', () => sendSandboxedForm('/api/keys', NEW_KEY_AS_FORM));
    expect([401, 403]).toContain(status);
    expect(await keyCount()).toBe(0);
  });

  it("that is a sibling and tosses its own session beside the user's makes the user act for nobody", async () => {
    const attacker = await newPerson(server.url);
    const { email, password } = attacker;
    const login = await new Client(server.url).post('/api/auth/login', { email, password, cookie: true });
    const value = login.headers.getSetCookie().join(';').split('kindly_session=')[1]?.split(';')[0] ?? '';
    const token = await logIn();
    await page.goto(sibling);
    await page.evaluate(`document.cookie = 'kindly_session=${value}; domain=kindly.test; path=/api/keys'`);
    await page.goto(app);
    const outcome = await fetchInPage('/api/keys', json({ name: 'x' }, { 'X-CSRF-Token': token }));
    expect(outcome).toMatchObject({ status: 401 });
    expect(await keyCount()).toBe(0);
    expect(await keyCount(attacker)).toBe(0);
  });

  it('that is a sibling and tosses a pair of CSRF cookie and token cannot use it with the session of the user', async () => {
    const own = await new Client(server.url).get<{ csrf_token: string }>('/api/csrf-token');
    const id = own.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    await logIn();
    await page.goto(sibling);
    await page.evaluate(`document.cookie = '${id}; domain=kindly.test; path=/api/keys'`);
    await page.goto(app);
    const outcome = await fetchInPage('/api/keys', json({ name: 'x' }, { 'X-CSRF-Token': own.body.csrf_token }));
    expect(outcome).toMatchObject({ status: 403, body: { code: 'AUTH_010' } });
    expect(await keyCount()).toBe(0);
  });

  it.each([
    ['a stranger', () => stranger],
    ['a sibling', () => sibling],
  ])('that is %s cannot log the browser in to an account of its own', async (_who, origin) => {
    const { email, password } = await newPerson(server.url);
    await page.goto(origin());
    const body = JSON.stringify({ email, password, cookie: true });
    const send = () => fetchInPage('/api/auth/login', { method: 'POST', mode: 'no-cors', body });
    // without CORS a page can send no JSON, and to send JSON it has to ask first and is told nothing
    expect(await statusOf('/api/auth/login', send)).toBe(415);
    expect(await fetchInPage('/api/auth/login', json({ email, password, cookie: true }))).toBeNull();
    const cookies = await context.cookies(api);
    expect(cookies.filter(({ name }) => name === 'kindly_session')).toEqual([]);
  });
});
