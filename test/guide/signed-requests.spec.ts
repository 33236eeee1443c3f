import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../support/installed.ts';
import { newKey, newPerson, type MintedKey, type Person } from '../support/people.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
const BODIES = 2_000;

interface Report {
  readonly accepted: Record<string, number>;
  readonly refused: Record<string, number>;
  readonly plain: Record<string, number>;
  readonly tampered: string;
  readonly problems: unknown[];
}

/** Runs the guide's class, in Python with nothing but its standard library, against a server. */
async function sendSigned({ key, api_secret }: MintedKey, seed: number): Promise<Report> {
  const { stdout } = await promisify(execFile)(
    'python3',
    ['send_signed_requests.py', baseUrl, key, api_secret, String(BODIES), String(seed)],
    { cwd: import.meta.dirname, env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' } },
  );
  return JSON.parse(stdout) as Report;
}

describeWith(['python3'], "the guide's SignedRequestClient", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let person: Person;
  let report: Report;
  beforeAll(async () => {
    person = await newPerson();
    const key = await newKey(person.client, { permissions: ['*', 'write:keys'] });
    report = await sendSigned(key, seed);
  }, 60_000);

  it(`has ${BODIES} random bodies accepted, however they are spelt, and their exact characters compressed (seed ${seed})`, () => {
    expect(report.problems).toEqual([]);
    expect(report.accepted).toEqual({
      signed: BODIES / 4,
      compact: BODIES / 4,
      indented: BODIES / 4,
      'utf-8, shuffled': BODIES / 4,
    });
  });

  it('has every body refused that is not the one it signed, and none of them compressed', async () => {
    expect(report.refused).toEqual({ AUTH_011: BODIES / 10 });
    const stats = await person.client.get<{ operations: number }>('/api/compression/stats');
    expect(stats.body.operations).toBe(BODIES);
  });

  it('has requests accepted without a body, with a query and with an empty object', () => {
    expect(report.plain).toEqual({
      GET: 200,
      'GET with a query': 200,
      DELETE: 404,
      'DELETE with {}': 404,
      POST: 201,
    });
    expect(report.tampered).toBe('AUTH_011');
  });
});
