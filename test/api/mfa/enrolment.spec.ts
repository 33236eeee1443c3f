import { beforeAll, describe, expect, it } from '@jest/globals';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { type Enrolment, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { existingDatabase, type TestDatabase } from '../../support/database.ts';
import { expectStatus, newKey, newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

let database: TestDatabase;

beforeAll(() => {
  database = existingDatabase(world().sharedDatabase);
});

function enable(person: Person, password = PASSWORD) {
  return person.client.post<Enrolment>('/api/auth/mfa/enable', { password });
}

function login(person: Person, fields: Record<string, unknown> = {}) {
  return new Client(world().servers[0]).post('/api/auth/login', {
    email: person.email,
    password: person.password,
    ...fields,
  });
}

/** Reads a QR code in a data: URL as a phone would. */
function scan(dataUrl: string): string | undefined {
  const image = PNG.sync.read(Buffer.from(dataUrl.replace('data:image/png;base64,', ''), 'base64'));
  return jsqr.default(new Uint8ClampedArray(image.data), image.width, image.height)?.data;
}

describe('enableMfa 200', () => {
  it('shows a secret, its otpauth address, and a QR code that a phone reads back to that address', async () => {
    const person = await newPerson();
    const { body, headers } = expectStatus(await enable(person), 200);
    const url = new URL(body.otpauth_url);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(url.searchParams.get('secret')).toBe(body.secret);
    expect(decodeURIComponent(url.pathname)).toContain(person.email);
    expect(body.qr_code).toMatch(/^data:image\/png;base64,/);
    expect(scan(body.qr_code)).toBe(body.otpauth_url);
  });

  it('asks for no code at login until the set-up is confirmed', async () => {
    const person = await newPerson();
    expectStatus(await enable(person), 200);
    expect((await login(person)).status).toBe(200);
    expect((await person.client.get('/api/auth/mfa')).body).toEqual({ enabled: false, recovery_codes_left: 0 });
  });

  it('a second time replaces the secret: codes of the first are wrong', async () => {
    const person = await newPerson();
    const first = expectStatus(await enable(person), 200).body.secret;
    const second = expectStatus(await enable(person), 200).body.secret;
    expect(second).not.toBe(first);
    expect(await person.client.post('/api/auth/mfa/verify', { code: totp(first) })).toMatchObject({
      status: 401,
      body: { code: 'AUTH_006' },
    });
    expect((await person.client.post('/api/auth/mfa/verify', { code: totp(second) })).status).toBe(200);
  });

  it('stores the secret sealed for its own row and user: it is nowhere in the table', async () => {
    const person = await newPerson();
    const { secret } = expectStatus(await enable(person), 200).body;
    const [row] = await database.query<{ text: string }>(
      'select row_to_json(f)::text as text from mfa_factors f where user_id = $1',
      [person.id],
    );
    expect(row?.text).toContain('v1.');
    expect(row?.text).not.toContain(secret);
  });

  it('of a row that was given to another user does not open', async () => {
    const [owner, thief] = [await newPerson(), await newPerson()];
    const { secret } = expectStatus(await enable(owner), 200).body;
    expectStatus(await enable(thief), 200);
    await database.query('delete from mfa_factors where user_id = $1', [thief.id]);
    await database.query('update mfa_factors set user_id = $1 where user_id = $2', [thief.id, owner.id]);
    const answer = await thief.client.post('/api/auth/mfa/verify', { code: totp(secret) });
    // as if nothing had been begun, which is mended by beginning
    expect(answer).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    expect((await thief.client.get('/api/auth/mfa')).body).toMatchObject({ enabled: false });
    expect(answer.text).not.toContain('seal');
  });
});

describe('enableMfa refusals', () => {
  it('401 AUTH_001 for a wrong password, and nothing is set up', async () => {
    const person = await newPerson();
    expect(await enable(person, 'not the password at all')).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(await database.query('select 1 from mfa_factors where user_id = $1', [person.id])).toEqual([]);
  });

  it('409 when it is on already, and the active factor stays as it was', async () => {
    const person = await newPerson();
    const { recoveryCodes } = await enrol(person);
    const before = await database.query('select * from mfa_factors where user_id = $1', [person.id]);
    expect(await enable(person)).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
    expect(await database.query('select * from mfa_factors where user_id = $1', [person.id])).toEqual(before);
    expect((await login(person, { mfa_code: recoveryCodes[0] })).status).toBe(200);
  });

  it.each([[{}], [{ password: PASSWORD, user_id: 'x' }], [{ password: 1 }]])('400 for %j', async (body) => {
    const person = await newPerson();
    expect(await person.client.post('/api/auth/mfa/enable', body)).toMatchObject({
      status: 400,
      body: { code: 'REQ_001' },
    });
  });
});

describe('verifyMfa', () => {
  it('200 turns MFA on, hands out ten recovery codes once, and records the event without any of them', async () => {
    const person = await newPerson();
    const { secret } = expectStatus(await enable(person), 200).body;
    const answer = await person.client.post<{ recovery_codes: string[] }>('/api/auth/mfa/verify', {
      code: totp(secret),
    });
    expect(answer.status).toBe(200);
    const { recovery_codes: codes } = answer.body;
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$/);
    expect((await person.client.get('/api/auth/mfa')).body).toEqual({ enabled: true, recovery_codes_left: 10 });
    const events = await database.query<{ type: string; data: object }>(
      "select type, data from outbox_events where owner_id = $1 and type like 'mfa.%'",
      [person.id],
    );
    expect(events).toEqual([{ type: 'mfa.enabled', data: { user_id: person.id } }]);
    const stored = await database.query<{ digest: string }>(
      'select digest from mfa_recovery_codes c join mfa_factors f on f.id = c.factor_id where f.user_id = $1',
      [person.id],
    );
    expect(stored).toHaveLength(10);
    for (const { digest } of stored) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes the confirming code for used: it does not log in as well', async () => {
    const person = await newPerson();
    const { secret } = expectStatus(await enable(person), 200).body;
    const code = totp(secret);
    expectStatus(await person.client.post('/api/auth/mfa/verify', { code }), 200);
    expect(await login(person, { mfa_code: code })).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
  });

  it('in 16 parallel requests on two processes turns MFA on once, with one set of codes', async () => {
    const person = await newPerson();
    const { secret } = expectStatus(await enable(person), 200).body;
    const code = totp(secret);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        person.client.at(world().servers[i % 2 === 0 ? 0 : 1]).post('/api/auth/mfa/verify', { code }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 409, 423]).toContain(status);
    const [count] = await database.query<{ codes: string; events: string }>(
      `select (select count(*) from mfa_recovery_codes c join mfa_factors f on f.id = c.factor_id where f.user_id = $1) as codes,
              (select count(*) from outbox_events where owner_id = $1 and type = 'mfa.enabled') as events`,
      [person.id],
    );
    expect(count).toEqual({ codes: '10', events: '1' });
  });

  it('401 AUTH_006 for a wrong code, and MFA stays off', async () => {
    const person = await newPerson();
    const { secret } = expectStatus(await enable(person), 200).body;
    for (const code of [wrongCode(secret), 'abcd-efgh-jkmn', 'x']) {
      expect(await person.client.post('/api/auth/mfa/verify', { code })).toMatchObject({
        status: 401,
        body: { code: 'AUTH_006' },
      });
    }
    expect((await person.client.get('/api/auth/mfa')).body).toMatchObject({ enabled: false });
  });

  it('409 when nothing has been begun, or it is on already', async () => {
    const person = await newPerson();
    expect(await person.client.post('/api/auth/mfa/verify', { code: '123456' })).toMatchObject({ status: 409 });
    await enrol(person);
    expect(await person.client.post('/api/auth/mfa/verify', { code: '123456' })).toMatchObject({ status: 409 });
  });
});

describe('the routes of MFA', () => {
  const routes = [
    ['GET', '/api/auth/mfa', undefined],
    ['POST', '/api/auth/mfa/enable', { password: PASSWORD }],
    ['POST', '/api/auth/mfa/verify', { code: '123456' }],
    ['POST', '/api/auth/mfa/disable', { password: PASSWORD, code: '123456' }],
    ['POST', '/api/auth/mfa/recovery-codes', { code: '123456' }],
    ['POST', '/api/auth/mfa/step-up', { code: '123456' }],
  ] as const;

  it.each(routes)(
    '%s %s are open to login sessions only: 401 without, 403 for an API key',
    async (method, path, body) => {
      const person = await newPerson();
      const { key } = await newKey(person.client, { permissions: ['*', 'write:keys'] });
      const anonymous = new Client(world().servers[0]);
      const options = body === undefined ? {} : { body };
      expect(await anonymous.request(method, path, options)).toMatchObject({ status: 401, body: { code: 'AUTH_008' } });
      const byKey = await anonymous.with({ apiKey: key }).request(method, path, options);
      expect(byKey).toMatchObject({ status: 403, body: { code: 'AUTH_009' } });
    },
  );
});
