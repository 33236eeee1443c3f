import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Authenticator, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let server: TestServer;
let now: number;
let person: Person;
let app: Authenticator;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  now = await server.setClock(Date.UTC(2030, 0, 1));
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function pass(ms: number): Promise<void> {
  now = await server.advanceClock(ms);
}

function login(mfaCode: string) {
  const { email, password } = person;
  return new Client(server.url).post<{ code: string; access_token: string }>('/api/auth/login', {
    email,
    password,
    mfa_code: mfaCode,
  });
}

const wrong = () => wrongCode(app.secret, now);
const right = () => totp(app.secret, now);

/** The answer without what differs each time. */
function essence(answer: { text: string }): string {
  return answer.text.replaceAll(/"request_id":"[^"]+"/g, '');
}

describe('wrong codes at login', () => {
  it('lock after ten, for 15 minutes, and the right code does not tell meanwhile', async () => {
    person = await newPerson(server.url);
    await pass(0);
    app = await enrol(person, () => now);
    for (let i = 0; i < 10; i++) expect((await login(wrong())).body.code).toBe('AUTH_006');
    const locked = await login(right());
    expect(locked).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(890);
    expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    expect(essence(await login(wrong()))).toBe(essence(locked));
  });

  it('leave live sessions alone, whose own codes are counted apart', async () => {
    expect((await person.client.get('/api/auth/mfa')).status).toBe(200);
    await pass(MINUTE_MS);
    expect((await person.client.post('/api/auth/mfa/step-up', { code: right() })).status).toBe(204);
  });

  it('are not a matter of the password: a wrong one is AUTH_001 while codes are locked', async () => {
    const { email } = person;
    const answer = await new Client(server.url).post('/api/auth/login', { email, password: 'another password' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
  });

  it('are over after the lock, which tries have not extended, and a right one is let in', async () => {
    await pass(15 * MINUTE_MS);
    expect((await login(right())).status).toBe(200);
  });

  it('are counted before they are judged: parallel guesses do not outrun the counter', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => login(wrong())));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 423)).toHaveLength(20);
    await pass(25 * 60 * MINUTE_MS);
  });

  it('of one user do not touch another', async () => {
    const { email, password } = await newPerson(server.url);
    expect((await new Client(server.url).post('/api/auth/login', { email, password })).status).toBe(200);
  });
});

describe('wrong codes and passwords in a session', () => {
  it('count on every operation that takes them, and a right password in between resets nothing', async () => {
    await pass(MINUTE_MS);
    const { body } = await login(right());
    const session = new Client(server.url).with({ bearer: body.access_token });
    const tries: [string, object][] = [
      ['/api/auth/mfa/disable', { password: PASSWORD, code: wrong() }],
      ['/api/auth/mfa/step-up', { code: wrong() }],
      ['/api/auth/mfa/recovery-codes', { code: wrong() }],
    ];
    for (const [path, tried] of tries) expect((await session.post(path, tried)).status).toBe(401);
    for (let i = 3; i < 10; i++) await session.post('/api/auth/mfa/disable', { password: PASSWORD, code: wrong() });
    await pass(MINUTE_MS);
    expect((await session.post('/api/auth/mfa/step-up', { code: right() })).status).toBe(423);
    expect((await session.get('/api/auth/mfa')).body).toMatchObject({ enabled: true });
    // the owner is not locked out by whoever guesses in a stolen session
    expect((await login(right())).status).toBe(200);
  });

  it('lock guessing of the password, too', async () => {
    const other = await newPerson(server.url);
    const enable = (password: string) => other.client.post('/api/auth/mfa/enable', { password });
    for (let i = 0; i < 10; i++) expect((await enable(`not the password ${i}`)).status).toBe(401);
    expect(await enable(PASSWORD)).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    const { email, password } = other;
    expect((await new Client(server.url).post('/api/auth/login', { email, password })).status).toBe(200);
  });
});

describe('a set-up that was begun', () => {
  it('waits a quarter of an hour for its first code, not longer', async () => {
    const slow = await newPerson(server.url);
    const begun = await slow.client.post<{ secret: string }>('/api/auth/mfa/enable', { password: PASSWORD });
    await pass(15 * MINUTE_MS + 1000);
    const answer = await slow.client.post('/api/auth/mfa/verify', { code: totp(begun.body.secret, now) });
    expect(answer).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
  });
});
