import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectStatus, newEmail, newKey, newPerson, PASSWORD, type Person } from '../../support/people.ts';
import { newServiceAccount } from '../../support/service-accounts.ts';

const KEYS = '/api/keys';
const ACCOUNTS = '/api/service-accounts';
const WEBHOOKS = '/api/webhooks';
const CLIENTS = '/api/oauth/clients';
const DICTIONARIES = '/api/compression/dictionaries';
const PERMISSIONS = ['read:compression'];
let person: Person;
/** One of each, so that there is something to be changed. */
let own: { readonly key: string; readonly account: string; readonly client: string };

const JWK = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

function newClient(fields: object): object {
  const redirectUris = ['https://app.example.com/callback'];
  return { name: 'a', redirect_uris: redirectUris, type: 'confidential', scopes: PERMISSIONS, ...fields };
}

beforeAll(async () => {
  person = await newPerson();
  const [key, account] = [await newKey(person.client), await newServiceAccount(person.client)];
  const client = expectStatus(await person.client.post<{ id: string }>(CLIENTS, newClient({})), 201).body;
  own = { key: `${KEYS}/${key.id}`, account: `${ACCOUNTS}/${account.id}`, client: `${CLIENTS}/${client.id}` };
});

/** All that a person has, as it is shown. */
async function possessions(): Promise<string[]> {
  const paths = ['/api/auth/me', KEYS, ACCOUNTS, WEBHOOKS, CLIENTS, DICTIONARIES, '/api/analytics/events'];
  return Promise.all(paths.map(async (path) => (await person.client.get(path)).text));
}

type Attempt = readonly [
  operation: string,
  method: string,
  path: () => string,
  body: (text: string) => object,
  field: string,
];

const ATTEMPTS: readonly Attempt[] = [
  ['register', 'POST', () => '/api/auth/register', (name) => ({ name, email: newEmail(), password: PASSWORD }), 'name'],
  ['updateMe', 'PATCH', () => '/api/auth/me', (name) => ({ name }), 'name'],
  ['createApiKey', 'POST', () => KEYS, (name) => ({ name }), 'name'],
  ['updateApiKey', 'PATCH', () => own.key, (name) => ({ name }), 'name'],
  ['createServiceAccount', 'POST', () => ACCOUNTS, (name) => ({ name, permissions: PERMISSIONS }), 'name'],
  [
    'createServiceAccount',
    'POST',
    () => ACCOUNTS,
    (description) => ({ name: 'a', description, permissions: PERMISSIONS }),
    'description',
  ],
  ['updateServiceAccount', 'PATCH', () => own.account, (name) => ({ name }), 'name'],
  [
    'createWebhook',
    'POST',
    () => WEBHOOKS,
    (description) => ({ url: 'https://example.com', events: ['*'], description }),
    'description',
  ],
  ['createOAuthClient', 'POST', () => CLIENTS, (name) => newClient({ name }), 'name'],
  ['updateOAuthClient', 'PATCH', () => own.client, (name) => ({ name }), 'name'],
  [
    'createOAuthClient',
    'POST',
    () => CLIENTS,
    (kid) => newClient({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...JWK, kid }] } }),
    'jwks.keys[0]',
  ],
  [
    'trainDictionary',
    'POST',
    () => DICTIONARIES,
    (name) => ({ name, samples: ['a sample of ten', 'a sample of nine'] }),
    'name',
  ],
  [
    'recordEvent',
    'POST',
    () => '/api/analytics/events',
    (text) => ({ name: 'a', properties: { text } }),
    'properties.text',
  ],
];

async function assertRefused([, method, path, body, field]: Attempt, text: string): Promise<void> {
  const before = await possessions();
  const answer = await person.client.request(method, path(), { body: body(text) });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ code: 'REQ_001', errors: [{ field }] });
  expect(await possessions()).toEqual(before);
}

// PostgreSQL stores neither, and answered them with an error of its own
describe.each([
  ['NUL', 'a\0b'],
  ['half of a surrogate pair', 'a\ud800b'],
])('a text with %s', (_name, text) => {
  it.each(ATTEMPTS)('is refused by name in %s, and nothing is made or changed', (...attempt) =>
    assertRefused(attempt, text),
  );

  it('is a value like any other to the product', async () => {
    const answer = await person.client.post('/api/compression/compress', { data: [text] });
    expect(answer.status).toBe(200);
  });
});

// each is shown to people, who decide by it: an administrator before a list of keys, a user before a consent
describe.each([
  ['nothing that shows', '\u200b\u2060\u3164'],
  ['marks that need a letter only', '\u0301\u0308\ufe0f'],
  ['a right-to-left override', 'Safe\u202eretnuH'],
  ['hidden tags', 'Kindly\u{e0065}\u{e0076}'],
])('a text for people with %s', (_name, text) => {
  it.each(ATTEMPTS.filter(([, , , , field]) => field === 'name' || field === 'description'))(
    'is refused by name in %s, and nothing is made or changed',
    (...attempt) => assertRefused(attempt, text),
  );
});

describe('a search', () => {
  it('for NUL is refused', async () => {
    const answer = await person.client.get(`${KEYS}?q=a%00b`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'REQ_001', errors: [{ field: 'q' }] });
  });
});
