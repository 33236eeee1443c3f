import { describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { newEmail, newPerson, PASSWORD, type SessionBody } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const anonymous = new Client(world().servers[0]);
const database = existingDatabase(world().sharedDatabase);

function register(fields: Record<string, unknown>) {
  return anonymous.post('/api/auth/register', { email: newEmail(), password: PASSWORD, name: 'John Doe', ...fields });
}

function decode(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
}

describe('POST /api/auth/register', () => {
  describe('201', () => {
    it('answers exactly what the guide prints, and what it prints works', async () => {
      const email = newEmail();
      const answer = await anonymous.post<SessionBody>('/api/auth/register', {
        email,
        password: 'SecureP@ssw0rd!',
        name: 'John Doe',
      });
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({
        token_type: 'Bearer',
        expires_in: 3600,
        user: { email, name: 'John Doe', email_verified: false },
      });
      expect(answer.body.user.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const keys = await anonymous.with({ bearer: answer.body.access_token }).get('/api/keys');
      expect(keys.status).toBe(200);
    });

    it('gives tokens with the header and the claims of the guide', async () => {
      const { session } = await newPerson();
      const [header, payload] = session.access_token.split('.');
      expect(decode(header)).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(decode(payload)).toMatchObject({ sub: session.user.id, email: session.user.email, name: 'A Person' });
      const { iat, exp, jti } = decode(payload) as { iat: number; exp: number; jti: string };
      expect(exp - iat).toBe(3600);
      expect(jti).toHaveLength(36);
      expect(decode(session.refresh_token.split('.')[0])).toEqual({ alg: 'HS256', typ: 'JWT' });
    });

    it('trims and folds the e-mail address before it judges it', async () => {
      const email = newEmail();
      const answer = await anonymous.post<SessionBody>('/api/auth/register', {
        email: `  ${email.replace('example', 'ｅxample')} `,
        password: PASSWORD,
        name: 'x',
      });
      expect(answer.status).toBe(201);
      expect(answer.body.user.email).toBe(email);
    });

    it('takes every character that RFC 5322 has for a local part, and an international domain in either form', async () => {
      const local = `!#$%&'*+-/=?^_\`{|}~${crypto.randomUUID().slice(0, 8)}`;
      const answer = await register({ email: `${local}@BÜCHER.example` });
      expect(answer.status).toBe(201);
      const kept = `${local}@xn--bcher-kva.example`;
      expect((answer.body as unknown as SessionBody).user.email).toBe(kept);
      for (const email of [kept, `${local}@bu\u0308cher.example`]) {
        expect((await anonymous.post('/api/auth/login', { email, password: PASSWORD })).status).toBe(200);
        expect(await register({ email })).toMatchObject({ status: 409, body: { errors: [{ field: 'email' }] } });
      }
    });

    it('stores the password only as argon2id with the agreed cost', async () => {
      const { id } = await newPerson();
      const [row] = await database.query<{ password_hash: string }>('select password_hash from users where id = $1', [
        id,
      ]);
      expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$|^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    });

    it('records the event in the transaction of the fact', async () => {
      const { id } = await newPerson();
      const rows = await database.query('select type, data from outbox_events where owner_id = $1', [id]);
      expect(rows).toEqual([{ type: 'user.registered', data: { user_id: id } }]);
    });
  });

  describe('400', () => {
    it.each([
      ['email', { email: 'not-an-address' }],
      ['email', { email: undefined }],
      ['email', { email: 7 }],
      ['email', { email: 'müller@example.com' }],
      ['email', { email: `${'x'.repeat(65)}@example.com` }],
      ['email', { email: 'user@127.0.0.1' }],
      ['password', { password: 'short' }],
      ['password', { password: 'x'.repeat(129) }],
      ['password', { password: ['a', 'list'] }],
      ['name', { name: '   ' }],
      ['name', { name: 'x'.repeat(121) }],
      ['role', { role: 'admin' }],
      ['id', { id: '018cf2b8-3c00-7000-8000-000000000000' }],
      ['email_verified', { email_verified: true }],
      ['created_at', { created_at: '2020-01-01T00:00:00Z' }],
      ['constructor', { constructor: { prototype: {} } }],
    ])('names the field %s in %j, and makes no account', async (field, fields) => {
      const email = newEmail();
      const answer = await register({ email, ...fields });
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe('REQ_001');
      expect(answer.body.errors?.map((error) => error.field)).toContain(field);
      expect(await database.query('select 1 from users where email_key = $1', [email])).toEqual([]);
    });

    it('names a __proto__ member like any other unknown field', async () => {
      const raw = `{"email":"${newEmail()}","password":"${PASSWORD}","name":"x","__proto__":{"role":"admin"}}`;
      const answer = await anonymous.post('/api/auth/register', undefined, { raw });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([{ field: '__proto__', message: 'is not a field of this operation' }]);
    });

    it('refuses a password that contains the e-mail address, without repeating it', async () => {
      const email = newEmail();
      const answer = await register({ email, password: `x${email.split('@')[0]}x` });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([{ field: 'password', message: 'must not contain the e-mail address' }]);
      expect(answer.text).not.toContain(email);
    });
  });

  describe('409', () => {
    it('tells that an address is taken, in whatever spelling', async () => {
      const { email } = await newPerson();
      const answer = await register({ email: email.toUpperCase() });
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: 'REQ_006', errors: [{ field: 'email' }] });
    });

    // two processes, one address: the unique index decides, not the look-up before it
    it('lets exactly one of 8 parallel registrations of an address through', async () => {
      const email = newEmail();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          anonymous
            .at(world().servers[index % 2 ? 1 : 0])
            .post('/api/auth/register', { email, password: PASSWORD, name: 'x' }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
        201,
        ...Array.from({ length: 7 }, () => 409),
      ]);
      expect(await database.query('select 1 from users where email_key = $1', [email])).toHaveLength(1);
    });
  });
});
