import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildGo, GO_DEADLINE_MS, obstacleToGo } from '../support/go.ts';
import { describeWith } from '../support/installed.ts';
import { newPerson, type Person } from '../support/people.ts';
import { newServiceAccount, TOKEN_URL } from '../support/service-accounts.ts';
import { world } from '../support/world.ts';

const run = promisify(execFile);
const [baseUrl] = world().servers;
const directory = mkdtempSync(join(tmpdir(), 'kindly-interop-'));
const GO_DIRECTORY = join(import.meta.dirname, 'go-jwt');
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A private key made by the `openssl` command line, and its public half in PEM. */
async function opensslKey(name: string, ...options: string[]): Promise<{ file: string; publicKey: string }> {
  const file = join(directory, name);
  await run('openssl', ['genpkey', ...options, '-out', file]);
  const { stdout } = await run('openssl', ['pkey', '-in', file, '-pubout']);
  return { file, publicKey: stdout };
}

async function runPython(account: string, keyId: string, algorithm: string, file: string): Promise<unknown> {
  const script = join(import.meta.dirname, 'service_account.py');
  const { stdout } = await run('python3', [script, baseUrl, TOKEN_URL, account, keyId, algorithm, file]);
  return JSON.parse(stdout);
}

const WORKED = { status: 200, again: [400, 'invalid_grant'], expires_in: 3600 };

describeWith(['python3', 'openssl'], 'a service account in Python, signing with the openssl command', () => {
  it('gets tokens with the key that was made for it', async () => {
    const account = await newServiceAccount(person.client);
    const file = join(directory, 'generated.pem');
    writeFileSync(file, account.private_key);
    expect(await runPython(account.id, account.key_id, 'EdDSA', file)).toEqual(WORKED);
  });

  it.each([
    ['EdDSA', ['-algorithm', 'ed25519']],
    ['ES256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['RS256', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
  ])('gets tokens with an %s key of its own', async (algorithm, options) => {
    const { file, publicKey } = await opensslKey(algorithm, ...options);
    const account = await newServiceAccount(person.client, { public_key: publicKey });
    expect(await runPython(account.id, account.key_id, algorithm, file)).toEqual(WORKED);
  });
});

const obstacle = obstacleToGo(GO_DIRECTORY, 'openssl');

describe(`a service account in Go, with golang.org/x/oauth2/jwt${obstacle === null ? '' : ` (${obstacle})`}`, () => {
  const inGo = obstacle === null ? it : it.skip;

  inGo(
    'gets tokens with an RSA key, for the scope it asks for',
    async () => {
      const program = await buildGo(GO_DIRECTORY, directory);
      const { file, publicKey } = await opensslKey('go.pem', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
      const account = await newServiceAccount(person.client, { public_key: publicKey });
      const { stdout } = await run(program, [baseUrl, TOKEN_URL, account.id, account.key_id, file]);
      expect(stdout).toBe('200');
    },
    GO_DEADLINE_MS,
  );
});
