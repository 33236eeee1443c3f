import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { newEmail, newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { startStatementRecorder, type StatementRecorder } from '../../support/statement-recorder.ts';

// each login hashes a password, and the machine may be busy
jest.setTimeout(120_000);

// The time of a refused login must not tell whether the address has an account. Times are noisy, work is not: what goes
// to the database and comes back is compared to the byte.

const WRONG = 'wrong horse battery staple';
const FAILURES_BEFORE_LOCK = 10;

let database: TestDatabase;
let recorder: StatementRecorder;
let server: TestServer;

beforeAll(async () => {
  database = await createDatabase();
  recorder = await startStatementRecorder(database.runtimeUrl);
  server = await startServer(
    {
      DATABASE_URL: recorder.through(database.runtimeUrl),
      DATABASE_MIGRATION_URL: database.ownerUrl,
      TRUSTED_PROXIES: '127.0.0.1/32',
    },
    'api',
  );
});
afterAll(async () => {
  await server.stop();
  await recorder.close();
  await database.drop();
});

/** The statements that went over the wire during a login, each with its bytes and rows. */
async function workOf(email: string, from: string): Promise<string[]> {
  recorder.take();
  const answer = await new Client(server.url).post(
    '/api/auth/login',
    { email, password: WRONG },
    { headers: { 'x-forwarded-for': from } },
  );
  expect(answer.body.code).toBe('AUTH_001');
  return recorder
    .take()
    .filter(({ statement }) => !isBackground(statement))
    .map(({ statement, ...moved }) => `${statement.replaceAll(/\s+/g, ' ').slice(0, 60)} ${JSON.stringify(moved)}`);
}

/** What the process does now and then for itself; the frame of a transaction looks like that of a login. */
function isBackground(statement: string): boolean {
  return /audit\.chain|audit-chain|audit\.pending where|is-audit-pending|^begin$|^commit$/.test(statement);
}

/** What is in all of them, as often as in each: whatever else the process has done in one of these moments drops out. */
function common(works: readonly string[][]): string[] {
  const [first = [], ...others] = works.map((work) => work.toSorted());
  return first.filter((entry, position) => {
    const ordinal = position - first.indexOf(entry);
    return others.every((other) => other.filter((candidate) => candidate === entry).length > ordinal);
  });
}

/** The work of a failure that counts, and of one that locks, over several accounts. */
async function worksOf(emails: readonly string[], from: string): Promise<{ counted: string[]; locking: string[] }> {
  const counted: string[][] = [];
  const locking: string[][] = [];
  for (const email of emails) {
    for (let count = 1; count < FAILURES_BEFORE_LOCK; count++) counted.push(await workOf(email, from));
    locking.push(await workOf(email, from));
  }
  // PostgreSQL leaves out the last zeros of a time, so that the end of a lock is now and then a byte shorter
  const withoutAnswers = locking.map((work) => work.map((entry) => entry.replace(/"bytesReceived":\d+,/, '')));
  return { counted: common(counted), locking: common(withoutAnswers) };
}

async function knownEmails(): Promise<string[]> {
  const people = [await newPerson(server.url), await newPerson(server.url), await newPerson(server.url)];
  return people.map(({ email }) => email);
}

describe('a login with a wrong password', () => {
  it.each([
    ['from a network that the account knows', '127.0.0.1'],
    ['from a strange network', '198.51.100.7'],
  ])('%s costs the same to the byte for an address without an account', async (_what, from) => {
    const known = await worksOf(await knownEmails(), from);
    const unknown = await worksOf([newEmail(), newEmail(), newEmail()], from);
    expect(known.counted.map((entry) => entry.split(' ')[0])).toEqual([
      'begin-login-attempt',
      'count-login-failure',
      'find-password-hash',
      'write-audit-rows',
    ]);
    expect(known.locking.join()).toContain('outbox_events');
    expect(unknown).toEqual(known);
  });
});
