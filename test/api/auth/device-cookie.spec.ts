import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { cookieHeader, cookiesOf, type SetCookie } from '../../support/cookies.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// each login hashes a password, and the machine may be busy
jest.setTimeout(60_000);

const WRONG = 'wrong horse battery staple';

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    PUBLIC_URL: 'https://api.kindly.example',
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

function logIn({ email }: Person, cookie?: string, password = PASSWORD) {
  const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
  return new Client(server.url).post('/api/auth/login', { email, password }, { headers });
}

const deviceCookies = (answer: Awaited<ReturnType<typeof logIn>>) =>
  cookiesOf(answer).filter(({ name }) => name.endsWith('kindly_device'));

/** A user whose network is locked out, and the cookie of a device that is not. */
async function lockedOutFromTheNetwork(): Promise<{ person: Person; device: SetCookie }> {
  const person = await newPerson(server.url);
  const [device] = deviceCookies(await logIn(person));
  if (!device) throw new Error('the login gave no device cookie');
  for (let count = 0; count < 10; count++) await logIn(person, undefined, WRONG);
  expect((await logIn(person)).status).toBe(423);
  return { person, device };
}

describe('the cookie of a known device, on HTTPS', () => {
  it('is pinned to the host, so that no sibling domain can plant one', async () => {
    const given = deviceCookies(await logIn(await newPerson(server.url)));
    expect(given.map(({ name }) => name)).toEqual(['__Host-kindly_device']);
    const attributes = Object.fromEntries(given[0]?.attributes ?? []);
    expect(attributes).toMatchObject({ path: '/', secure: true, httponly: true, samesite: 'Lax' });
    expect(attributes).not.toHaveProperty('domain');
  });

  it('is still known by the name of the first release, and moves to the new one with the next login', async () => {
    const { person, device } = await lockedOutFromTheNetwork();
    const answer = await logIn(person, `kindly_device=${device.value}`);
    expect(answer.status).toBe(200);
    expect(deviceCookies(answer)).toMatchObject([
      { name: '__Host-kindly_device', value: device.value },
      { name: 'kindly_device', value: '' },
    ]);
  });

  it('is not hidden by one that a sibling domain has planted under the old name', async () => {
    const { person, device } = await lockedOutFromTheNetwork();
    const planted = { name: 'kindly_device', value: `${'x'.repeat(22)}.${'0'.repeat(64)}` };
    expect((await logIn(person, cookieHeader(planted, device))).status).toBe(200);
    expect((await logIn(person, cookieHeader(planted))).status).toBe(423);
  });
});
