import { beforeAll, describe, expect, it } from '@jest/globals';
import { awaitRoomInStep, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { existingDatabase, type TestDatabase } from '../../support/database.ts';
import { newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [first, second] = world().servers;
let database: TestDatabase;

beforeAll(() => {
  database = existingDatabase(world().sharedDatabase);
});

function login({ email, password }: Person, fields: Record<string, unknown> = {}) {
  return new Client(first).post('/api/auth/login', { email, password, ...fields });
}

describe('disableMfa', () => {
  it('204 with password and code: login asks for no code any more, secret and recovery codes are gone', async () => {
    await awaitRoomInStep();
    const person = await newPerson();
    const { secret } = await enrol(person);
    const answer = await person.client.post('/api/auth/mfa/disable', { password: PASSWORD, code: totp(secret) });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect((await login(person)).status).toBe(200);
    expect((await person.client.get('/api/auth/mfa')).body).toEqual({ enabled: false, recovery_codes_left: 0 });
    expect(await database.query('select 1 from mfa_factors where user_id = $1', [person.id])).toEqual([]);
    const events = await database.query<{ type: string }>(
      "select type from outbox_events where owner_id = $1 and type like 'mfa.%' order by sequence",
      [person.id],
    );
    expect(events).toEqual([{ type: 'mfa.enabled' }, { type: 'mfa.disabled' }]);
  });

  it('204 with a recovery code, for whoever has lost the app', async () => {
    const person = await newPerson();
    const { recoveryCodes } = await enrol(person);
    const body = { password: PASSWORD, code: recoveryCodes[0] };
    expect((await person.client.post('/api/auth/mfa/disable', body)).status).toBe(204);
  });

  it('401 if either is wrong, and MFA stays on', async () => {
    await awaitRoomInStep();
    const person = await newPerson();
    const { secret } = await enrol(person);
    const disable = (password: string, code: string) => person.client.post('/api/auth/mfa/disable', { password, code });
    expect(await disable('another password', totp(secret))).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(await disable(PASSWORD, wrongCode(secret))).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(await login(person)).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect((await login(person, { mfa_code: totp(secret) })).status).toBe(200);
  });

  it('409 when it is off', async () => {
    const person = await newPerson();
    const body = { password: PASSWORD, code: '123456' };
    expect(await person.client.post('/api/auth/mfa/disable', body)).toMatchObject({ status: 409 });
  });
});

describe('renewRecoveryCodes', () => {
  it('200 voids every earlier code and hands out ten new ones', async () => {
    await awaitRoomInStep();
    const person = await newPerson();
    const { secret, recoveryCodes } = await enrol(person);
    const answer = await person.client.post<{ recovery_codes: string[] }>('/api/auth/mfa/recovery-codes', {
      code: totp(secret),
    });
    expect(answer.status).toBe(200);
    expect(answer.body.recovery_codes).toHaveLength(10);
    expect(answer.body.recovery_codes.filter((code) => recoveryCodes.includes(code))).toEqual([]);
    expect((await login(person, { mfa_code: recoveryCodes[0] })).status).toBe(401);
    expect((await login(person, { mfa_code: answer.body.recovery_codes[0] })).status).toBe(200);
  });

  it('in 16 parallel requests with one code on two processes leaves one set of ten', async () => {
    await awaitRoomInStep();
    const person = await newPerson();
    const { recoveryCodes } = await enrol(person);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        person.client
          .at(i % 2 === 0 ? first : second)
          .post<{ recovery_codes: string[] }>('/api/auth/mfa/recovery-codes', { code: recoveryCodes[0] }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect((await person.client.get('/api/auth/mfa')).body).toMatchObject({ recovery_codes_left: 10 });
    expect((await login(person, { mfa_code: winners[0]?.body.recovery_codes[9] })).status).toBe(200);
  });

  it('401 for a wrong code, and the old codes still work', async () => {
    const person = await newPerson();
    const { secret, recoveryCodes } = await enrol(person);
    const answer = await person.client.post('/api/auth/mfa/recovery-codes', { code: wrongCode(secret) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect((await login(person, { mfa_code: recoveryCodes[0] })).status).toBe(200);
  });

  it('409 when MFA is off', async () => {
    const person = await newPerson();
    expect((await person.client.post('/api/auth/mfa/recovery-codes', { code: '123456' })).status).toBe(409);
  });
});
