import { describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { newEmail, newPerson, PASSWORD, type SessionBody } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const anonymous = new Client(world().servers[0]);
const database = existingDatabase(world().sharedDatabase);

function login(email: string, password: string, client = anonymous) {
  return client.post<SessionBody>('/api/auth/login', { email, password });
}

describe('POST /api/auth/login', () => {
  describe('200', () => {
    it('starts a session of its own that works on every process', async () => {
      const person = await newPerson();
      const answer = await login(person.email, PASSWORD);
      expect(answer.status).toBe(200);
      expect(answer.body.access_token).not.toBe(person.session.access_token);
      const elsewhere = new Client(world().servers[1]).with({ bearer: answer.body.access_token });
      expect((await elsewhere.get('/api/keys')).status).toBe(200);
    });

    it('takes the address in another spelling, and the same password from another keyboard', async () => {
      const email = newEmail();
      await anonymous.post('/api/auth/register', { email, password: 'pässwörter sind lang', name: 'x' });
      const decomposed = 'pässwörter sind lang'.normalize('NFD');
      expect((await login(` ${email.toUpperCase()} `, decomposed)).status).toBe(200);
    });
  });

  // the first release took addresses that a new account can not have: their owners still log in
  it('200 for an account whose address is older than the rules', async () => {
    const person = await newPerson();
    const old = `${'x'.repeat(70)}${person.id}@example-.com`;
    await database.query('update users set email = $2, email_key = $2 where id = $1', [person.id, old]);
    expect((await login(old, PASSWORD)).status).toBe(200);
    expect((await login(`y${old}`, PASSWORD)).status).toBe(401);
  });

  it.each(['a\0b@example.com', 'nobody', '@'])(
    '400 that names the address %j, which nobody can have',
    async (email) => {
      const answer = await anonymous.post('/api/auth/login', { email, password: PASSWORD });
      expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field: 'email' }] } });
    },
  );

  describe('401', () => {
    it('does not tell a wrong password from an unknown address', async () => {
      const person = await newPerson();
      const wrong = await anonymous.post('/api/auth/login', { email: person.email, password: 'wrong password!' });
      const unknown = await anonymous.post('/api/auth/login', { email: newEmail(), password: 'wrong password!' });
      expect(wrong.status).toBe(401);
      expect(wrong.body.code).toBe('AUTH_001');
      expect(wrong.headers.get('www-authenticate')).toMatch(/^Bearer/);
      const anonymised = ({ request_id: _id, ...rest }: typeof wrong.body) => rest;
      expect(anonymised(unknown.body)).toEqual(anonymised(wrong.body));
      expect(unknown.status).toBe(wrong.status);
    });

    it('starts no session', async () => {
      const person = await newPerson();
      await login(person.email, 'wrong password!');
      const sessions = await existingDatabase(world().sharedDatabase).query(
        'select 1 from sessions where user_id = $1',
        [person.id],
      );
      expect(sessions).toHaveLength(1);
    });
  });

  describe('400', () => {
    it.each([
      ['password', { email: 'user@example.com' }],
      ['email', { password: PASSWORD }],
      ['pasword', { email: 'user@example.com', password: PASSWORD, pasword: 'x' }],
    ])('names %s', async (field, body) => {
      const answer = await anonymous.post('/api/auth/login', body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors?.map((error) => error.field)).toEqual([field]);
    });
  });
});
