import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import {
  assertionOf,
  clientOf,
  JWT_BEARER,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
  SIGNING,
} from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';
import { existingDatabase } from '../../support/database.ts';

const [baseUrl] = world().servers;
const PATH = '/api/service-accounts';
const FIELDS = { name: 'robot', permissions: ['read:compression'] };
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

const pem = (key: ReturnType<typeof generateKeyPairSync>['publicKey']): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = (key: ReturnType<typeof generateKeyPairSync>['publicKey']): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });

describe('POST /api/service-accounts', () => {
  it('201 as the guide shows it, with a private key that is shown once and stored nowhere', async () => {
    const answer = await person.client.post<ServiceAccountBody>(PATH, {
      name: 'analytics-processor',
      description: 'Automated analytics processing service',
      permissions: ['read:analytics', 'write:analytics', 'read:compression'],
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({
      name: 'analytics-processor',
      description: 'Automated analytics processing service',
      enabled: true,
      minted_by: null,
      expires_at: null,
      keys: [{ key_id: answer.body.key_id, algorithm: 'EdDSA', last_used_at: null }],
    });
    const key = createPrivateKey(answer.body.private_key);
    expect(key.asymmetricKeyType).toBe('ed25519');
    expect(answer.body.private_key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const [shown] = answer.body.keys;
    const days = (Date.parse(shown?.expires_at ?? '') - Date.parse(shown?.created_at ?? '')) / 86_400_000;
    expect(days).toBe(90);
    const secret = key.export({ format: 'jwk' }).d ?? '';
    const rows = await existingDatabase(world().sharedDatabase).query<{ row: string }>(
      'select k::text || a::text as row from service_account_keys k join service_accounts a on a.id = account_id where a.id = $1',
      [answer.body.id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
    expect((await person.client.get(`${PATH}/${answer.body.id}`)).text).not.toContain('private_key');
    expect((await person.client.get(PATH)).text).not.toContain('private_key');
  });

  it.each([
    ['Ed25519', 'EdDSA', () => generateKeyPairSync('ed25519')],
    ['P-256', 'ES256', () => ec('P-256')],
    ['RSA of 2048 bits', 'RS256', () => rsa(2048)],
  ])('201 for an uploaded %s key, in PEM or as a JWK, which gets tokens', async (_name, algorithm, generate) => {
    const { publicKey, privateKey } = generate();
    for (const uploaded of [pem(publicKey), publicKey.export({ format: 'jwk' })]) {
      const account = await newServiceAccount(person.client, { public_key: uploaded });
      expect(account).not.toHaveProperty('private_key');
      expect(account.keys).toMatchObject([{ algorithm }]);
      const assertion = assertionOf(
        { id: account.id, private_key: privatePem(privateKey) },
        { header: { alg: algorithm }, ...(SIGNING[algorithm] && { signing: SIGNING[algorithm] }) },
      );
      expect((await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion })).status).toBe(200);
    }
  });

  it('400 for a private key, whose text it does not repeat', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const rsaPrivate = rsa(2048).privateKey;
    for (const uploaded of [
      privatePem(privateKey),
      privateKey.export({ format: 'jwk' }),
      rsaPrivate.export({ type: 'pkcs1', format: 'pem' }).toString(),
      rsaPrivate.export({ format: 'jwk' }),
      { kty: 'oct', k: 'c2VjcmV0' },
    ]) {
      const answer = await person.client.post(PATH, { ...FIELDS, public_key: uploaded });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([
        { field: 'public_key', message: expect.stringContaining('is a private key; keep it to yourself') },
      ]);
      expect(answer.text).not.toContain(privateKey.export({ format: 'jwk' }).d);
    }
  });

  it.each<[string, () => unknown]>([
    ['P-384', () => pem(ec('P-384').publicKey)],
    ['secp256k1', () => ec('secp256k1').publicKey.export({ format: 'jwk' })],
    ['RSA of 1024 bits', () => pem(rsa(1024).publicKey)],
    ['RSA-PSS', () => pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
    ['X25519', () => pem(generateKeyPairSync('x25519').publicKey)],
    ['Ed448', () => pem(generateKeyPairSync('ed448').publicKey)],
    ['two keys', () => pem(ec('P-256').publicKey).repeat(2)],
    ['a certificate', () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['a text', () => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI'],
    ['an empty text', () => ''],
    ['an empty object', () => ({})],
    ['a JWK for encryption', () => ({ ...ec('P-256').publicKey.export({ format: 'jwk' }), use: 'enc' })],
    [
      'a JWK for making signatures only',
      () => ({ ...ec('P-256').publicKey.export({ format: 'jwk' }), key_ops: ['sign'] }),
    ],
    [
      'RSA with the exponent 3',
      () => pem(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey),
    ],
    [
      'P-256 by its parameters',
      () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey),
    ],
    ['a JWK for another algorithm', () => ({ ...ec('P-256').publicKey.export({ format: 'jwk' }), alg: 'EdDSA' })],
    ['a point off the curve', () => ({ ...ec('P-256').publicKey.export({ format: 'jwk' }), y: 'A'.repeat(43) })],
    ['a number', () => 7],
    ['null', () => null],
  ])('400 for %s as a public key', async (_name, uploaded) => {
    const answer = await person.client.post(PATH, { ...FIELDS, public_key: uploaded() });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.field).toBe('public_key');
  });

  it.each([
    ['name', { permissions: ['read:keys'] }],
    ['permissions', { name: 'robot' }],
    ['permissions', { name: 'robot', permissions: [] }],
    ['permissions[0]', { name: 'robot', permissions: ['read:everything'] }],
    ['permisions', { ...FIELDS, permisions: ['*'] }],
    ['owner_id', { ...FIELDS, owner_id: '550e8400-e29b-41d4-a716-446655440000' }],
    ['id', { ...FIELDS, id: '550e8400-e29b-41d4-a716-446655440000' }],
    ['minted_by', { ...FIELDS, minted_by: null }],
    ['expires_at', { ...FIELDS, expires_at: null }],
    ['__proto__', JSON.parse(`{"name": "robot", "permissions": ["read:keys"], "__proto__": {}}`)],
  ])('400 names %s in %j', async (field, body) => {
    const answer = await person.client.post(PATH, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  it('401 without a credential, 403 with a key that was not given the right by name', async () => {
    const key = await newKey(person.client, { permissions: ['*'] });
    expect((await person.client.with({}).post(PATH, FIELDS)).status).toBe(401);
    const answer = await person.client.with({ apiKey: key.key }).post(PATH, FIELDS);
    expect(answer.status).toBe(403);
    expect(answer.body.detail).toContain('write:service_accounts');
  });
});

describe('the ceiling of a service account', () => {
  const MINTER = ['write:service_accounts', 'read:service_accounts', 'read:compression'];

  it('is what the credential that creates it may do: 403 beyond, and nothing is made', async () => {
    const key = await newKey(person.client, { permissions: MINTER });
    const minter = person.client.with({ apiKey: key.key });
    for (const permissions of [['write:compression'], ['*'], ['read:compression', 'write:keys'], ['admin:users']]) {
      const answer = await minter.post(PATH, { name: 'too much', permissions });
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'AUTH_009' });
    }
    const { body } = await person.client.get<{ data: ServiceAccountBody[] }>(`${PATH}?limit=100`);
    expect(body.data.map(({ name }) => name)).not.toContain('too much');
    const account = await newServiceAccount(minter, { permissions: ['read:compression'] });
    expect(account.minted_by).toBe(key.id);
  });

  it('holds for networks and life too, which it inherits', async () => {
    const key = await newKey(person.client, {
      permissions: MINTER,
      allowed_ips: ['127.0.0.0/8'],
      denied_ips: ['127.9.0.0/16'],
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    });
    const account = await newServiceAccount(person.client.with({ apiKey: key.key }), {
      permissions: ['read:compression'],
    });
    expect(account).toMatchObject({
      allowed_ips: ['127.0.0.0/8'],
      denied_ips: ['127.9.0.0/16'],
      expires_at: key.expires_at,
      keys: [{ expires_at: key.expires_at }],
    });
    const elsewhere = await newKey(person.client, { permissions: MINTER, denied_ips: ['127.0.0.0/8', '::1/128'] });
    expect((await person.client.with({ apiKey: elsewhere.key }).post(PATH, FIELDS)).body.code).toBe('AUTH_005');
  });

  it('holds for a service account that creates another', async () => {
    const parent = await newServiceAccount(person.client, { permissions: MINTER });
    const client = await clientOf(baseUrl, parent);
    const child = await newServiceAccount(client, { permissions: ['read:compression'] });
    expect(child.minted_by).toBe(parent.id);
    expect((await client.post(PATH, { name: 'x', permissions: ['write:compression'] })).status).toBe(403);
  });
});

describe('an uploaded key', () => {
  it('has the thumbprint that the RFC prescribes', async () => {
    // RFC 8037 appendix A.3
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const account = await newServiceAccount(person.client, { public_key: jwk });
    expect(account.keys[0]?.thumbprint).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    expect(createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyType).toBe('ed25519');
  });
});
