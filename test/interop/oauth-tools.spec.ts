import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allow, PageBrowser } from '../support/authorize.ts';
import { buildGo, GO_DEADLINE_MS, obstacleToGo } from '../support/go.ts';
import { describeWith } from '../support/installed.ts';
import { credentialsOf, newOAuthClient, newPublicClient, type OAuthClientBody } from '../support/oauth.ts';
import { newPerson, type Person } from '../support/people.ts';
import { ISSUER } from '../support/service-accounts.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
const GO_DIRECTORY = join(import.meta.dirname, 'go-oauth');
const directory = mkdtempSync(join(tmpdir(), 'kindly-oauth-'));
// the port is the tool's own, and another each time (RFC 8252 §7.3)
const REGISTRATION = { redirect_uris: ['http://127.0.0.1/callback'], scopes: ['read:compression'] };
let developer: Person;
let person: Person;
beforeAll(async () => {
  [developer, person] = await Promise.all([newPerson(), newPerson()]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CLIENTS: [string, () => Promise<OAuthClientBody>, number][] = [
  ['a public client', () => newPublicClient(developer.client, REGISTRATION), 0],
  [
    'a client with a secret, which gets tokens for itself, too',
    () => newOAuthClient(developer.client, REGISTRATION),
    200,
  ],
];

/** Runs a tool, and is the user in front of the browser that it opens. @returns what it says became of it */
async function useTool(command: string, words: readonly string[], client: OAuthClientBody): Promise<unknown> {
  const { client_id: id = '', client_secret: secret = '' } = credentialsOf(client);
  const tool = spawn(command, [...words, baseUrl, ISSUER, id, secret], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: tool.stdout })[Symbol.asyncIterator]();
  const { pathname, search } = new URL(String((await lines.next()).value));
  const back = await allow(new PageBrowser(baseUrl), `${pathname}${search}`, person);
  const forged = new URL(back);
  forged.searchParams.set('iss', 'https://evil.example');
  expect((await fetch(forged)).status).toBe(400);
  expect((await fetch(back)).status).toBe(200);
  return JSON.parse(String((await lines.next()).value));
}

const WORKED = { wrong_verifier: 'invalid_grant', status: 200, refreshed: 200, rotated: true };

describeWith(['python3'], 'a tool in Python, with the standard library alone', () => {
  it.each(CLIENTS)('logs a user in with PKCE and refreshes: %s', async (_name, make, ownStatus) => {
    const script = join(import.meta.dirname, 'oauth_client.py');
    expect(await useTool('python3', [script], await make())).toEqual({ ...WORKED, client_credentials: ownStatus });
  });
});

const obstacle = obstacleToGo(GO_DIRECTORY);

describe(`a tool in Go, with golang.org/x/oauth2${obstacle === null ? '' : ` (${obstacle})`}`, () => {
  const inGo = obstacle === null ? it : it.skip;
  let program: string;
  beforeAll(async () => {
    if (obstacle === null) program = await buildGo(GO_DIRECTORY, directory);
  }, GO_DEADLINE_MS);

  inGo.each(CLIENTS)('logs a user in with PKCE and refreshes: %s', async (_name, make, ownStatus) => {
    expect(await useTool(program, [], await make())).toEqual({ ...WORKED, client_credentials: ownStatus });
  });
});
