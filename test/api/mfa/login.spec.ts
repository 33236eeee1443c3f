import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Authenticator, awaitRoomInStep, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { existingDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, type Person, type SessionBody } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [first, second] = world().servers;
let database: TestDatabase;

beforeAll(() => {
  database = existingDatabase(world().sharedDatabase);
});

function login(person: Person, mfaCode?: string, baseUrl = first): Promise<Answer<ProblemBody & SessionBody>> {
  const { email, password } = person;
  const code = mfaCode === undefined ? {} : { mfa_code: mfaCode };
  return new Client(baseUrl).post('/api/auth/login', { email, password, ...code });
}

async function sessionsOf(person: Person): Promise<number> {
  const [row] = await database.query<{ count: string }>('select count(*) from sessions where user_id = $1', [
    person.id,
  ]);
  return Number(row?.count);
}

async function protectedPerson(): Promise<{ person: Person; app: Authenticator }> {
  await awaitRoomInStep();
  const person = await newPerson();
  return { person, app: await enrol(person) };
}

/** Sixteen logins at once with one code, alternating between the two processes. */
function burst(person: Person, code: string): Promise<Answer<ProblemBody & SessionBody>[]> {
  return Promise.all(Array.from({ length: 16 }, (_, i) => login(person, code, i % 2 === 0 ? first : second)));
}

describe('login with MFA 200', () => {
  it('takes the current code of the app', async () => {
    const { person, app } = await protectedPerson();
    const answer = await login(person, totp(app.secret));
    expect(answer.status).toBe(200);
    const me = new Client(first).with({ bearer: answer.body.access_token });
    expect((await me.get('/api/auth/mfa')).body).toMatchObject({ enabled: true });
  });

  it('takes a recovery code, however it is typed, and counts it down', async () => {
    const { person, app } = await protectedPerson();
    const [code = ''] = app.recoveryCodes;
    expect((await login(person, ` ${code.toUpperCase().replaceAll('-', ' ')} `)).status).toBe(200);
    expect((await person.client.get('/api/auth/mfa')).body).toEqual({ enabled: true, recovery_codes_left: 9 });
  });

  it('ignores a code that a user without MFA sends', async () => {
    expect((await login(await newPerson(), '123456')).status).toBe(200);
  });
});

describe('login with MFA 401 AUTH_006', () => {
  it('when the code is missing, and nothing of that answer authenticates', async () => {
    const { person } = await protectedPerson();
    const before = await sessionsOf(person);
    const answer = await login(person);
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_006', title: 'MFA required' } });
    expect(answer.body.detail).toContain('mfa_code');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('www-authenticate')).toBeTruthy();
    expect(answer.text).not.toMatch(/eyJ|token"/);
    const requestId = answer.headers.get('x-request-id') ?? '';
    for (const credential of [{ bearer: requestId }, { apiKey: requestId }]) {
      expect((await new Client(first).with(credential).get('/api/auth/mfa')).status).toBe(401);
    }
    expect(await sessionsOf(person)).toBe(before);
  });

  it('when the code is wrong, of another user, or of a step that is too far away', async () => {
    const { person, app } = await protectedPerson();
    const { app: stranger } = await protectedPerson();
    const before = await sessionsOf(person);
    for (const code of [
      wrongCode(app.secret),
      'not-a-code',
      stranger.recoveryCodes[0],
      totp(app.secret, Date.now() - 90_000),
      totp(app.secret, Date.now() + 90_000),
    ]) {
      expect(await login(person, code)).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    }
    expect(await sessionsOf(person)).toBe(before);
  });

  it('when the same code comes again in its own time step', async () => {
    const { person, app } = await protectedPerson();
    const code = totp(app.secret);
    expect((await login(person, code)).status).toBe(200);
    const again = await login(person, code, second);
    expect(again).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(again.body.detail).toContain('used before');
  });

  it('when a code is older than one that was used', async () => {
    const { person, app } = await protectedPerson();
    expect((await login(person, totp(app.secret, Date.now() + 30_000))).status).toBe(200);
    expect((await login(person, totp(app.secret))).status).toBe(401);
  });

  it('when a recovery code comes again', async () => {
    const { person, app } = await protectedPerson();
    expect((await login(person, app.recoveryCodes[3])).status).toBe(200);
    expect(await login(person, app.recoveryCodes[3], second)).toMatchObject({
      status: 401,
      body: { code: 'AUTH_006' },
    });
  });

  it('but AUTH_001 when the password is wrong as well: the second factor is not even asked for', async () => {
    const { person, app } = await protectedPerson();
    const answer = await login({ ...person, password: 'some other password' }, totp(app.secret));
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect((await login(person, totp(app.secret))).status).toBe(200);
  });
});

describe('a code in 16 parallel logins on two processes', () => {
  it('of the app makes one session', async () => {
    const { person, app } = await protectedPerson();
    const before = await sessionsOf(person);
    const answers = await burst(person, totp(app.secret));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 401, 423]).toContain(status);
    expect(await sessionsOf(person)).toBe(before + 1);
  });

  it('for recovery makes one session and leaves nine codes', async () => {
    const { person, app } = await protectedPerson();
    const before = await sessionsOf(person);
    const answers = await burst(person, app.recoveryCodes[5] ?? '');
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessionsOf(person)).toBe(before + 1);
    expect((await person.client.get('/api/auth/mfa')).body).toMatchObject({ recovery_codes_left: 9 });
  });
});
