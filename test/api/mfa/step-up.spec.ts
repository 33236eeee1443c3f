import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Authenticator, enrol, totp, wrongCode } from '../../support/authenticator.ts';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
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
  person = await newPerson(server.url);
  app = await enrol(person, () => now);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function demandStepUp(isDemanded: boolean): Promise<void> {
  await database.query(
    `insert into access_policies (id, step_up_before_minting) values ('installation', $1)
     on conflict (id) do update set step_up_before_minting = excluded.step_up_before_minting`,
    [isDemanded],
  );
}

const mint = (client: Client) => client.post('/api/keys', { name: 'A key' });
const stepUp = (client: Client, code: string) => client.post('/api/auth/mfa/step-up', { code });

describe('minting while administrators demand a step-up', () => {
  it('is free by default', async () => {
    expect((await mint(person.client)).status).toBe(201);
  });

  it('401 AUTH_006 from a session that has not stepped up, and no key is made', async () => {
    await demandStepUp(true);
    const answer = await mint(person.client);
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_006' } });
    expect(answer.body.detail).toContain('/api/auth/mfa/step-up');
    expect(await database.query('select 1 from api_keys where owner_id = $1', [person.id])).toHaveLength(1);
  });

  it('201 for ten minutes after a step-up, then 401 again', async () => {
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(person.client, totp(app.secret, now))).status).toBe(204);
    expect((await mint(person.client)).status).toBe(201);
    now = await server.advanceClock(9 * MINUTE_MS);
    expect((await mint(person.client)).status).toBe(201);
    now = await server.advanceClock(MINUTE_MS + 1000);
    expect((await mint(person.client)).status).toBe(401);
  });

  it('is not opened by a wrong code, a used code, or the step-up of another session', async () => {
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(person.client, wrongCode(app.secret, now))).status).toBe(401);
    expect((await mint(person.client)).status).toBe(401);
    const { email, password } = person;
    const code = totp(app.secret, now);
    const login = { email, password, mfa_code: code };
    const other = await new Client(server.url).post<{ access_token: string }>('/api/auth/login', login);
    const otherSession = new Client(server.url).with({ bearer: other.body.access_token });
    expect((await stepUp(otherSession, code)).status).toBe(401);
    now = await server.advanceClock(MINUTE_MS);
    expect((await stepUp(otherSession, totp(app.secret, now))).status).toBe(204);
    expect((await mint(otherSession)).status).toBe(201);
    expect((await mint(person.client)).status).toBe(401);
  });

  it('does not hold back a key that was given the right to mint', async () => {
    await demandStepUp(false);
    const { key } = await newKey(person.client, { permissions: ['write:keys'] });
    await demandStepUp(true);
    expect((await mint(new Client(server.url).with({ apiKey: key }))).status).toBe(201);
  });

  it('409 at the step-up of a user without MFA', async () => {
    const other = await newPerson(server.url);
    expect(await stepUp(other.client, '123456')).toMatchObject({ status: 409, body: { code: 'REQ_006' } });
  });
});
