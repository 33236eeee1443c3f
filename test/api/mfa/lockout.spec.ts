import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Authenticator, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

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
  return new Client(server.url).post('/api/auth/login', { email, password, mfa_code: mfaCode });
}

const wrong = () => wrongCode(app.secret, now);
const right = () => totp(app.secret, now);

async function failures(): Promise<number> {
  const [row] = await database.query<{ failures: number }>('select failures from mfa_attempts where user_id = $1', [
    person.id,
  ]);
  return row?.failures ?? 0;
}

describe('wrong codes', () => {
  it('lock the second factor after ten, for 15 minutes, and the right code does not tell meanwhile', async () => {
    person = await newPerson(server.url);
    await pass(0);
    app = await enrol(person, () => now);
    for (let i = 0; i < 10; i++) expect((await login(wrong())).body.code).toBe('AUTH_006');
    const locked = await login(right());
    expect(locked).toMatchObject({ status: 423, body: { code: 'AUTH_007' } });
    const retryAfter = Number(locked.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(890);
    expect(retryAfter).toBeLessThanOrEqual(900);
    expect((await login(wrong())).text.replaceAll(/"request_id":"[^"]+"/g, '')).toBe(
      locked.text.replaceAll(/"request_id":"[^"]+"/g, ''),
    );
    expect(await failures()).toBe(10);
  });

  it('leave live sessions alone while the factor is locked', async () => {
    expect((await person.client.get('/api/auth/mfa')).status).toBe(200);
  });

  it('are not extended by tries during the lock, and one more failure after it doubles the next lock', async () => {
    await pass(15 * 60_000);
    expect((await login(wrong())).body.code).toBe('AUTH_006');
    const locked = await login(right());
    expect(locked.status).toBe(423);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(29 * 60);
  });

  it('are forgiven by a right one', async () => {
    await pass(30 * 60_000);
    expect((await login(right())).status).toBe(200);
    expect(await failures()).toBe(0);
  });

  it('are counted before they are judged: parallel guesses do not outrun the counter', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => login(wrong())));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 423)).toHaveLength(20);
    expect(await failures()).toBe(10);
    await pass(25 * 60 * 60_000);
  });

  it('count on every operation that takes one, and a right password in between resets nothing', async () => {
    await pass(60_000);
    const fresh = await new Client(server.url).post<{ access_token: string }>('/api/auth/login', {
      email: person.email,
      password: PASSWORD,
      mfa_code: right(),
    });
    const session = new Client(server.url).with({ bearer: fresh.body.access_token });
    const tries: [string, object][] = [
      ['/api/auth/mfa/disable', { password: PASSWORD, code: wrong() }],
      ['/api/auth/mfa/step-up', { code: wrong() }],
      ['/api/auth/mfa/recovery-codes', { code: wrong() }],
      ['/api/auth/mfa/disable', { password: 'a wrong password', code: right() }],
    ];
    for (const [path, body] of tries) expect((await session.post(path, body)).status).toBe(401);
    expect(await failures()).toBe(4);
    for (let i = 4; i < 10; i++) await session.post('/api/auth/mfa/disable', { password: PASSWORD, code: wrong() });
    expect((await session.post('/api/auth/mfa/step-up', { code: right() })).status).toBe(423);
    expect((await session.get('/api/auth/mfa')).body).toMatchObject({ enabled: true });
  });

  it('are forgotten after a day without one', async () => {
    await pass(25 * 60 * 60_000);
    expect((await login(wrong())).status).toBe(401);
    expect(await failures()).toBe(1);
  });

  it('of one user do not touch another', async () => {
    const other = await newPerson(server.url);
    const { email, password } = other;
    expect((await new Client(server.url).post('/api/auth/login', { email, password })).status).toBe(200);
  });
});

describe('a set-up that was begun', () => {
  it('waits a quarter of an hour for its first code, not longer', async () => {
    const slow = await newPerson(server.url);
    const begun = await slow.client.post<{ secret: string }>('/api/auth/mfa/enable', { password: PASSWORD });
    await pass(15 * 60_000 + 1000);
    const answer = await slow.client.post('/api/auth/mfa/verify', { code: totp(begun.body.secret, now) });
    expect(answer).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
  });
});
