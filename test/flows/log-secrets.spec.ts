import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newEmail, newKey, newPerson, type MintedKey, type Person } from '../support/people.ts';
import { eventually } from '../support/eventually.ts';
import { sendRaw } from '../support/raw.ts';
import { startServer, type TestServer } from '../support/server.ts';

const CANARY = 'canary-8f3a1c-password';

let database: TestDatabase;
let server: TestServer;
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    LOG_LEVEL: 'trace',
  });
  person = await newPerson(server.url);
  key = await newKey(person.client);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

describe('the log', () => {
  it('holds no secret of any request, good or bad, at its most talkative level', async () => {
    const anonymous = new Client(server.url);
    const { access_token: accessToken, refresh_token: refreshToken } = person.session;
    const email = newEmail();
    const sent = [
      anonymous.post('/api/auth/register', { email, password: `${CANARY}-long`, name: 'x' }),
      anonymous.post('/api/auth/login', { email, password: `${CANARY}-wrong` }),
      anonymous.post('/api/auth/login', { email, password: CANARY, unknown: CANARY }),
      anonymous.post('/api/auth/login', undefined, { raw: `{"password": "${CANARY}" oops` }),
      anonymous.get(`/api/keys?api_key=${key.key}&password=${CANARY}`, { isDocumented: false }),
      anonymous.with({ bearer: key.key }).get('/api/keys'),
      anonymous.with({ bearer: `${accessToken}x` }).get('/api/keys'),
      anonymous.with({ apiKey: `${key.key}x` }).get('/api/keys'),
      person.client.get(`/api/keys/${encodeURIComponent(key.key)}`),
      person.client.post('/api/keys', { name: 'second' }, { headers: { 'x-request-id': key.key } }),
      person.client.post('/api/compression/compress', { data: { password: CANARY } }),
      anonymous.post('/api/auth/login', { email, password: CANARY, refresh_token: refreshToken }),
    ];
    const answers = await Promise.all(sent);
    await sendRaw(server.url, `GET /x HTTP/1.1\r\nX-API-Key: ${key.key}\r\nbroken header ${CANARY}\r\n\r\n`);
    // the database fails under a request, so that an error with everything it knows is logged
    await database.query('alter table api_keys rename to api_keys_away');
    const failed = await person.client.get('/api/keys');
    await database.query('alter table api_keys_away rename to api_keys');
    expect(failed.status).toBe(500);
    expect(failed.text).not.toMatch(/api_keys|select|relation|at /);

    const log = server.output();
    expect(log).toContain('unexpected error');
    expect(log.split('\n').length).toBeGreaterThan(answers.length);
    const second = (answers[9]?.body as unknown as MintedKey) ?? {};
    for (const secret of [CANARY, key.key, key.api_secret, second.key, second.api_secret, accessToken, refreshToken]) {
      expect(secret.length).toBeGreaterThan(10);
      expect(log).not.toContain(secret);
      for (const { status, text } of answers) if (status >= 400) expect(text).not.toContain(secret);
    }
  });

  it('ties each line of a request to the id that the client was given', async () => {
    const answer = await person.client.get('/api/keys');
    const id = answer.headers.get('x-request-id') ?? '';
    const line = await eventually(() =>
      server
        .output()
        .split('\n')
        .find((candidate) => candidate.includes(id)),
    );
    expect(JSON.parse(line)).toMatchObject({
      request_id: id,
      method: 'GET',
      path: '/api/keys',
      status: 200,
      auth_method: 'jwt',
      user_id: person.id,
    });
  });
});
