import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import { awaitRoomInStep, enrol, totp } from '../support/authenticator.ts';
import { describeWith } from '../support/installed.ts';
import { newEmail, newPerson } from '../support/people.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { world } from '../support/world.ts';

const run = promisify(execFile);
const [baseUrl] = world().servers;

describeWith(['curl'], "the guide's curl commands", () => {
  const directory = temporaryDirectory();
  const email = newEmail();
  let statuses: Record<string, number>;
  const answer = (step: string): unknown => JSON.parse(readFileSync(join(directory, `${step}.json`), 'utf8'));

  beforeAll(async () => {
    const script = join(import.meta.dirname, 'curl-commands.sh');
    const { stdout } = await run('sh', [script, baseUrl, email, directory]);
    const lines = stdout.trim().split('\n');
    statuses = Object.fromEntries(lines.map((line) => line.split(' ')).map(([step, status]) => [step, Number(status)]));
  });

  it('are answered as the guide says, and what has been revoked or logged out stays out', () => {
    expect(statuses).toEqual({
      register: 201,
      login: 200,
      stats: 200,
      refresh: 200,
      key: 201,
      'stats-by-key': 200,
      list: 200,
      revoke: 204,
      'stats-by-revoked-key': 401,
      logout: 204,
      'stats-after-logout': 401,
      'refresh-after-logout': 401,
    });
    expect(answer('stats-by-revoked-key')).toMatchObject({ code: 'AUTH_004' });
    expect(answer('stats-after-logout')).toMatchObject({ code: 'AUTH_002' });
    expect(answer('refresh-after-logout')).toMatchObject({ code: 'AUTH_002' });
  });

  it.each(['register', 'login', 'refresh'])('get from %s every field that the guide prints', (step) => {
    expect(answer(step)).toMatchObject({
      access_token: expect.stringMatching(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./),
      refresh_token: expect.stringMatching(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./),
      token_type: 'Bearer',
      expires_in: 3600,
      user: {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        email,
        name: 'John Doe',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
  });

  it('get the key once, in the printed format', () => {
    expect(answer('key')).toMatchObject({
      key: expect.stringMatching(/^kapi_prod_[0-9A-Za-z]{32}$/),
      name: 'Production Server',
      expires_at: '2095-01-08T00:00:00Z',
    });
    expect(JSON.stringify(answer('list'))).not.toContain((answer('key') as { key: string }).key);
  });

  it('log in with a code of the second factor, and not without', async () => {
    const person = await newPerson();
    const { secret } = await enrol(person);
    await awaitRoomInStep();
    const login = async (members: object): Promise<unknown> => {
      const body = JSON.stringify({ email: person.email, password: person.password, ...members }, null, 2);
      const json = ['-H', 'Content-Type: application/json', '-d', body];
      const { stdout } = await run('curl', ['-s', '-X', 'POST', `${baseUrl}/api/auth/login`, ...json]);
      return JSON.parse(stdout);
    };
    expect(await login({})).toMatchObject({ status: 401, code: 'AUTH_006', title: 'MFA required' });
    expect(await login({ mfa_code: totp(secret) })).toMatchObject({
      token_type: 'Bearer',
      user: { email: person.email },
    });
  });
});

describeWith(['curl'], "the README's first five minutes", () => {
  it('end with a key, something compressed, and the statistics of it', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const [, section = ''] = text.split('## First success in five minutes');
    const [chapter = ''] = section.split('\n## ');
    const commands = [...chapter.matchAll(/```\n([\s\S]*?)```/g)].map(([, code]) => code).join('\n');
    const script = commands.replaceAll('http://localhost:3000', baseUrl).replaceAll('user@example.com', newEmail());
    const { stdout } = await run('sh', ['-c', script]);
    expect(stdout).toMatch(/^kapi_prod_[0-9A-Za-z]{32}\n/);
    expect(stdout).toContain('"algorithm":"gzip"');
    expect(stdout).toContain('"operations":1');
  });
});
