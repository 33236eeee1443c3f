import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { TOOL_ENVIRONMENT } from '../../support/installed.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { type Received, type Receiver, startReceiver } from '../../support/receiver.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { newWebhook, sendTest, type Webhook } from '../../support/webhooks.ts';

const VERIFIERS = join(import.meta.dirname, '../../support/webhook-verifiers');

/** Verifies as the guide's Go handler does, or as Node does where there is no Go. */
type GuideVerifier = (body: string, signature: string, secret: string) => boolean;

let database: TestDatabase;
let server: TestServer;
let receiver: Receiver;
let person: Person;
let webhook: Webhook;
let verifyAsGuide: GuideVerifier;
const directory = temporaryDirectory();

async function guideVerifier(): Promise<GuideVerifier> {
  const binary = join(directory, 'verify');
  const command: [string, string[]] = await promisify(execFile)('go', ['build', '-o', binary, 'main.go'], {
    cwd: VERIFIERS,
    env: { ...TOOL_ENVIRONMENT, GO111MODULE: 'off' },
  }).then(
    () => [binary, []],
    () => [process.execPath, [join(VERIFIERS, 'verify.mjs')]],
  );
  return (body, signature, secret) => {
    const { stdout, status } = spawnSync(command[0], [...command[1], signature, secret], {
      input: body,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error('the verifier of the guide did not run');
    return stdout === 'true';
  };
}

/** The names of what accepts a request with a secret. */
function accepting(got: Received, secret: string): string[] {
  const headers = got.headers as Record<string, string>;
  const verifiers: [string, () => void][] = [
    ['standardwebhooks', () => new StandardWebhook(secret).verify(got.body, headers)],
    ['svix', () => new SvixWebhook(secret).verify(got.body, headers)],
    ['guide', () => assertTrue(verifyAsGuide(got.body, headers['x-kindly-signature'] ?? '', secret))],
    ['guide, next', () => assertTrue(verifyAsGuide(got.body, headers['x-kindly-signature-next'] ?? '', secret))],
  ];
  return verifiers.flatMap(([name, verify]) => {
    try {
      verify();
      return [name];
    } catch {
      return [];
    }
  });
}

function assertTrue(value: boolean): void {
  if (!value) throw new Error('not verified');
}

async function nextRequest(): Promise<Received> {
  const before = receiver.received.length;
  await sendTest(person.client, webhook.id);
  return eventually(() => receiver.received[before]);
}

beforeAll(async () => {
  verifyAsGuide = await guideVerifier();
  database = await createDatabase();
  receiver = await startReceiver();
  server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  });
  person = await newPerson(server.url);
  webhook = await newWebhook(person.client, receiver.url, ['webhook.test']);
}, 120_000);
afterAll(async () => {
  await server.stop();
  await receiver.stop();
  await database.drop();
});

describe('a webhook', () => {
  it('is verified by standardwebhooks, by svix and by the handler of the guide', async () => {
    expect(accepting(await nextRequest(), webhook.secret)).toEqual(['standardwebhooks', 'svix', 'guide']);
  });

  it('is refused by all of them when its body is changed, or with another secret', async () => {
    const got = await nextRequest();
    expect(accepting({ ...got, body: `${got.body} ` }, webhook.secret)).toEqual([]);
    expect(accepting({ ...got, body: got.body.replace('webhook.test', 'webhook.Test') }, webhook.secret)).toEqual([]);
    const other = await newWebhook(person.client, receiver.url, ['user.locked']);
    expect(accepting(got, other.secret)).toEqual([]);
  });

  it('is refused by the libraries when it is replayed under another id', async () => {
    const got = await nextRequest();
    const replayed = { ...got, headers: { ...got.headers, 'webhook-id': '018cf2b8-3c00-7000-8000-000000000000' } };
    expect(accepting(replayed, webhook.secret)).toEqual(['guide']);
  });
});

describe('a webhook during a rotation of its secret', () => {
  it('is verified with the old secret and with the new one, and afterwards with the new one alone', async () => {
    const path = `/api/webhooks/${webhook.id}/rotate-secret`;
    const { body: rotated } = await person.client.post<Webhook>(path, { grace_period_hours: 24 });
    const during = await nextRequest();
    expect(accepting(during, webhook.secret)).toEqual(['standardwebhooks', 'svix', 'guide']);
    expect(accepting(during, rotated.secret)).toEqual(['standardwebhooks', 'svix', 'guide, next']);
    const { body: last } = await person.client.post<Webhook>(path, { grace_period_hours: 0 });
    const after = await nextRequest();
    expect(accepting(after, webhook.secret)).toEqual([]);
    expect(accepting(after, rotated.secret)).toEqual([]);
    expect(accepting(after, last.secret)).toEqual(['standardwebhooks', 'svix', 'guide']);
  });
});
