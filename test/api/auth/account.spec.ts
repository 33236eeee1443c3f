import { describe, expect, it } from '@jest/globals';
import { Client, type ProblemBody } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { eventsOf } from '../../support/outbox.ts';
import { expectStatus, newEmail, newKey, newPerson, PASSWORD, type SessionBody } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [url] = world().servers;
const database = existingDatabase(world().sharedDatabase);
const NEW_PASSWORD = 'another horse battery staple';

function logIn(email: string, password: string) {
  return new Client(url).post<SessionBody & ProblemBody>('/api/auth/login', { email, password });
}

describe('getMe and updateMe', () => {
  it('200 shows the user and changes the name', async () => {
    const { client, session } = await newPerson();
    expect(expectStatus(await client.get('/api/auth/me'), 200).body).toEqual(session.user);
    const changed = expectStatus(await client.patch('/api/auth/me', { name: ' Jane ' }), 200).body;
    expect(changed).toEqual({ ...session.user, name: 'Jane' });
    expect(expectStatus(await client.patch('/api/auth/me', {}), 200).body).toEqual(changed);
  });

  it.each([
    ['id', '018cf2b8-3c00-7000-8000-000000000000'],
    ['role', 'admin'],
    ['email', 'other@example.com'],
    ['email_verified', true],
    ['created_at', '2020-01-01T00:00:00Z'],
    ['password_hash', 'x'],
    ['__proto__', { role: 'admin' }],
    ['constructor', {}],
  ])('400 names the protected field %s and changes nothing', async (field, value) => {
    const { client, session } = await newPerson();
    const raw = `{"name":"Changed",${JSON.stringify(field)}:${JSON.stringify(value)}}`;
    const answer = await client.patch('/api/auth/me', undefined, { raw });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(field);
    expect((await client.get('/api/auth/me')).body).toEqual(session.user);
  });

  it('400 for a name that is null or empty', async () => {
    const { client } = await newPerson();
    for (const name of [null, '', '   ', 'x'.repeat(121)]) {
      expect(await client.patch('/api/auth/me', { name })).toMatchObject({ status: 400, body: { code: 'REQ_001' } });
    }
  });
});

describe('changePassword', () => {
  it('204 ends every other session, keeps this one and the keys, and the old password is wrong from then on', async () => {
    const { client, email, id } = await newPerson();
    const other = expectStatus(await logIn(email, PASSWORD), 200).body;
    const { key } = await newKey(client);
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    expectStatus(await client.post('/api/auth/password', change), 204);
    expect((await client.get('/api/auth/me')).status).toBe(200);
    expect((await client.with({ bearer: other.access_token }).get('/api/auth/me')).status).toBe(401);
    expect((await client.with({ apiKey: key }).get('/api/auth/whoami')).status).toBe(200);
    expect((await logIn(email, PASSWORD)).status).toBe(401);
    expect((await logIn(email, NEW_PASSWORD)).status).toBe(200);
    expect(await eventsOf(database, id, 'user.password_changed')).toHaveLength(1);
  });

  it('401 for a wrong current password, which changes nothing', async () => {
    const { client, email } = await newPerson();
    const change = { current_password: 'wrong horse battery staple', new_password: NEW_PASSWORD };
    expect(await client.post('/api/auth/password', change)).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it('lets one of several parallel changes win; the others are told', async () => {
    const { client, email } = await newPerson();
    const candidates = [1, 2, 3].map((number) => `${NEW_PASSWORD} ${number}`);
    const answers = await Promise.all(
      candidates.map((password) =>
        client.post('/api/auth/password', { current_password: PASSWORD, new_password: password }),
      ),
    );
    const winners = candidates.filter((_, position) => answers[position]?.status === 204);
    expect(winners).toHaveLength(1);
    expect((await logIn(email, winners[0] ?? '')).status).toBe(200);
  });

  it.each([
    ['short', 'must have 12 to 128 characters'],
    ['password12345', 'is one of the most used passwords'],
    [PASSWORD, 'must differ from the current one'],
  ])('400 for the new password %s', async (password, message) => {
    const { client } = await newPerson();
    const answer = await client.post('/api/auth/password', { current_password: PASSWORD, new_password: password });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'REQ_001', errors: [{ field: 'new_password', message }] },
    });
  });

  it('400 for a new password that contains the e-mail address', async () => {
    const { client, email } = await newPerson();
    const answer = await client.post('/api/auth/password', {
      current_password: PASSWORD,
      new_password: `x ${email.toUpperCase()}`,
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'new_password' }] } });
  });
});

describe('whoami 200', () => {
  it('tells a session what it is and may do', async () => {
    const { client, id } = await newPerson();
    const { body } = expectStatus(await client.get<Record<string, unknown>>('/api/auth/whoami'), 200);
    expect(body).toMatchObject({ method: 'jwt', subject: id, key_id: null, remaining_quota: null });
    expect(body.permissions).toContain('write:keys');
    expect(body.permissions).not.toContain('admin:users');
    expect(Date.parse(String(body.expires_at))).toBeGreaterThan(Date.now());
  });

  it('tells a key its own permissions and end, whatever it may do', async () => {
    const { client, id } = await newPerson();
    const expires = '2040-01-08T00:00:00Z';
    const minted = await newKey(client, { permissions: ['read:context'], expires_at: expires });
    const { body } = expectStatus(await client.with({ apiKey: minted.key }).get('/api/auth/whoami'), 200);
    expect(body).toEqual({
      method: 'api_key',
      subject: id,
      key_id: minted.id,
      service_account_id: null,
      client_id: null,
      permissions: ['read:context'],
      expires_at: expires,
      remaining_quota: null,
    });
  });

  it('tells a key with a quota what is left of it', async () => {
    const { client } = await newPerson();
    const { key } = await newKey(client, { quota: { limit: 5, period: 'day' } });
    const asKey = client.with({ apiKey: key });
    const left = async () =>
      expectStatus(await asKey.get<{ remaining_quota: number }>('/api/auth/whoami'), 200).body.remaining_quota;
    const first = await left();
    expect(first).toBeLessThanOrEqual(5);
    expect(await left()).toBe(first - 1);
  });

  it('401 for nobody', async () => {
    expect(await new Client(url).get('/api/auth/whoami')).toMatchObject({ status: 401, body: { code: 'AUTH_008' } });
  });
});

describe('register 400', () => {
  it.each(['KindlyKindly1', 'kindly-api-2026', '\uFF2Bindly-K\uFF41pi-1'])(
    "refuses %s, made of the product's own words",
    async (password) => {
      const email = newEmail();
      const answer = await new Client(url).post('/api/auth/register', { email, password, name: 'A' });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([
        { field: 'password', message: 'must not be made of the words that everybody would try here' },
      ]);
      expect(await database.query('select 1 from users where email = $1', [email])).toEqual([]);
    },
  );

  it.each(['1q2w3e4r5t6y', 'Password2024!', 'dragondragon'])('refuses the common password %s', async (password) => {
    const answer = await new Client(url).post('/api/auth/register', { email: 'a@example.com', password, name: 'A' });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'password', message: 'is one of the most used passwords' }] },
    });
  });
});
