import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { newPerson, type Person } from '../../support/people.ts';
import {
  type AssertionParts,
  assertionOf,
  ISSUER,
  JWT_BEARER,
  type KeyBody,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
  SIGNING,
  TOKEN_URL,
} from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
const UNKNOWN = '550e8400-e29b-41d4-a716-446655440000';
let person: Person;
let account: ServiceAccountBody;
beforeAll(async () => {
  person = await newPerson();
  account = await newServiceAccount(person.client);
});

const now = (): number => Math.floor(Date.now() / 1000);

interface Outcome {
  readonly status: number;
  readonly error: string | undefined;
  readonly description: string | undefined;
}

async function present(assertion: string, url = baseUrl): Promise<Outcome> {
  const { status, body } = await requestToken(url, { grant_type: JWT_BEARER, assertion });
  return { status, error: body.error, description: body.error_description };
}

const presentParts = (parts: AssertionParts): Promise<Outcome> => present(assertionOf(account, parts));
const GRANTED = { status: 200, error: undefined };
const REFUSED = { status: 400, error: 'invalid_grant' };

describe('an assertion', () => {
  it.each<[string, () => AssertionParts]>([
    ['for the token URL', () => ({ claims: { aud: TOKEN_URL } })],
    ['for the issuer', () => ({ claims: { aud: ISSUER } })],
    ['for a list of one', () => ({ claims: { aud: [TOKEN_URL] } })],
    ['with the same subject', () => ({ claims: { sub: account.id } })],
    ['without jti and iat', () => ({ claims: { jti: undefined, iat: undefined } })],
    ['that expires in an hour', () => ({ claims: { exp: now() + 3_600 } })],
    ['that expires in some seconds', () => ({ claims: { exp: now() + 10 } })],
    ['with a fraction in its times', () => ({ claims: { exp: now() + 60.5, iat: now() - 0.5 } })],
    ['with the id of its key', () => ({ header: { kid: account.key_id } })],
    ['with the thumbprint of its key', () => ({ header: { kid: account.keys[0]?.thumbprint } })],
    ['without typ', () => ({ header: { typ: undefined } })],
    ['with a type in small letters', () => ({ header: { typ: 'jwt' } })],
    ['with further claims', () => ({ claims: { extra: { deep: [1] } } })],
    ['of a clock that is a little ahead', () => ({ claims: { iat: now() + 30, nbf: now() + 30 } })],
  ])('%s is accepted', async (_name, parts) => {
    expect(await presentParts(parts())).toMatchObject(GRANTED);
  });

  it.each<[string, () => AssertionParts, string]>([
    ['without aud', () => ({ claims: { aud: undefined } }), 'aud must be'],
    ['for somebody else', () => ({ claims: { aud: 'https://example.com/oauth/token' } }), 'aud must be'],
    ['for us and somebody else', () => ({ claims: { aud: [TOKEN_URL, 'https://example.com'] } }), 'aud must be'],
    ['for us twice', () => ({ claims: { aud: [TOKEN_URL, ISSUER] } }), 'aud must be'],
    ['for nobody', () => ({ claims: { aud: [] } }), 'aud must be'],
    ['for a nearly right URL', () => ({ claims: { aud: `${TOKEN_URL}/` } }), 'aud must be'],
    ['without iss', () => ({ claims: { iss: undefined } }), 'iss must be'],
    ['of an issuer that is no id', () => ({ claims: { iss: 'robot' } }), 'iss must be'],
    ['about another subject', () => ({ claims: { sub: UNKNOWN } }), 'sub must be'],
    ['about nobody', () => ({ claims: { sub: '' } }), 'sub must be'],
    ['of an unknown account', () => ({ claims: { iss: UNKNOWN } }), 'not signed by a live key'],
    ['without exp', () => ({ claims: { exp: undefined } }), 'exp must be'],
    ['with exp as a text', () => ({ claims: { exp: String(now() + 60) } }), 'exp must be'],
    ['that has expired', () => ({ claims: { exp: now() } }), "the server's time is"],
    ['that expires after more than an hour', () => ({ claims: { exp: now() + 3_610 } }), 'at most 3600 s ahead'],
    ['that never expires', () => ({ claims: { exp: 1e300 } }), 'at most 3600 s ahead'],
    ['from the future', () => ({ claims: { iat: now() + 120 } }), 'iat lies in the future'],
    ['for the future', () => ({ claims: { nbf: now() + 120 } }), 'nbf lies in the future'],
    ['with iat as a text', () => ({ claims: { iat: 'now' } }), 'iat must be'],
    ['with a jti that is a number', () => ({ claims: { jti: 7 } }), 'jti must be'],
    ['with an endless jti', () => ({ claims: { jti: 'x'.repeat(256) } }), 'jti must be'],
    ['with an empty jti', () => ({ claims: { jti: '' } }), 'jti must be'],
    ['with the id of another key', () => ({ header: { kid: UNKNOWN } }), 'not signed by a live key'],
    ['with a path for a key id', () => ({ header: { kid: '../../dev/null' } }), 'not signed by a live key'],
    ['with SQL for a key id', () => ({ header: { kid: "' or 1=1 --" } }), 'not signed by a live key'],
    ['with null for a key id', () => ({ header: { kid: null } }), 'not signed by a live key'],
    ['with a critical extension', () => ({ header: { crit: ['b64'], b64: false } }), 'not signed by a live key'],
    ['that is an access token', () => ({ header: { typ: 'at+jwt' } }), 'typ'],
    ['with the algorithm of another key', () => ({ header: { alg: 'ES256' } }), 'not signed by a live key'],
    ['with no algorithm', () => ({ header: { alg: undefined } }), 'not signed by a live key'],
  ])('%s is refused, and says why', async (_name, parts, description) => {
    expect(await presentParts(parts())).toMatchObject({
      ...REFUSED,
      description: expect.stringContaining(description),
    });
  });

  it.each(['', 'x', 'a.b', 'a.b.c.d', 'e30.e30.', '{"payload":"e30","signatures":[]}', 'e30.e30.e30=', 'W10.W10.AA'])(
    'that is none (%s) is refused',
    async (assertion) => {
      expect(await present(assertion)).toMatchObject({ status: 400 });
    },
  );

  it('with a repeated claim is refused, whichever of the two is right', async () => {
    const encode = (text: string): string => Buffer.from(text).toString('base64url');
    const claims = `{"iss": "${account.id}", "aud": "x", "aud": "${TOKEN_URL}", "exp": ${now() + 60}}`;
    const input = `${encode('{"alg":"EdDSA"}')}.${encode(claims)}`;
    const signature = sign(null, Buffer.from(input), createPrivateKey(account.private_key)).toString('base64url');
    expect(await present(`${input}.${signature}`)).toMatchObject({
      ...REFUSED,
      description: expect.stringContaining('compact'),
    });
  });
});

describe('the signature of an assertion', () => {
  it.each(['none', 'None', 'nOnE', 'NONE'])('cannot be missing (%s)', async (alg) => {
    const [header, claims] = assertionOf(account, { header: { alg } }).split('.');
    expect(await present(`${header}.${claims}.`)).toMatchObject(REFUSED);
    expect(await presentParts({ header: { alg }, signing: () => Buffer.from('x') })).toMatchObject(REFUSED);
  });

  it('cannot be an HMAC with the public key, in any of its forms', async () => {
    const key = createPublicKey(createPrivateKey(account.private_key));
    for (const secret of [
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      JSON.stringify(key.export({ format: 'jwk' })),
      Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'),
      account.keys[0]?.thumbprint ?? '',
    ]) {
      const signing = (data: Buffer): Buffer => createHmac('sha256', secret).update(data).digest();
      expect(await presentParts({ header: { alg: 'HS256' }, signing })).toMatchObject(REFUSED);
    }
  });

  it('cannot be by a key that comes along with it', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const signing = (data: Buffer): Buffer => sign(null, data, privateKey);
    for (const header of [
      { jwk },
      { jku: 'http://127.0.0.1:1/jwks' },
      { x5u: 'http://127.0.0.1:1/' },
      { kid: account.key_id, jwk },
    ]) {
      expect(await presentParts({ header, signing })).toMatchObject(REFUSED);
    }
  });

  it('cannot be that of another account, nor that of a changed payload', async () => {
    const other = await newServiceAccount(person.client);
    const forged = assertionOf({ id: account.id, private_key: other.private_key });
    expect(await present(forged)).toMatchObject(REFUSED);
    const [header, , signature] = assertionOf(account).split('.');
    const [, claims] = assertionOf(account).split('.');
    expect(await present(`${header}.${claims}.${signature}`)).toMatchObject(REFUSED);
  });

  describe('of an ES256 key', () => {
    let account256: { id: string; private_key: string };
    const es256 = SIGNING.ES256 as NonNullable<AssertionParts['signing']>;
    const presentEs256 = (signing: NonNullable<AssertionParts['signing']>, claims = {}): Promise<Outcome> =>
      present(assertionOf(account256, { header: { alg: 'ES256' }, claims, signing }));
    beforeAll(async () => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { id } = await newServiceAccount(person.client, { public_key: publicKey.export({ format: 'jwk' }) });
      account256 = { id, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    });

    it('is r and s of 32 bytes each', async () => {
      expect(await presentEs256(es256)).toMatchObject(GRANTED);
    });

    it.each<[string, NonNullable<AssertionParts['signing']>]>([
      ['in DER', (data, key) => sign('sha256', data, key)],
      ['of nought (CVE-2022-21449)', () => Buffer.alloc(64)],
      ['with r = 0', (data, key) => Buffer.concat([Buffer.alloc(32), es256(data, key).subarray(32)])],
      ['with s = 0', (data, key) => Buffer.concat([es256(data, key).subarray(0, 32), Buffer.alloc(32)])],
      ['cut short', (data, key) => es256(data, key).subarray(0, 63)],
      ['with a byte more', (data, key) => Buffer.concat([es256(data, key), Buffer.alloc(1)])],
      ['empty', () => Buffer.alloc(0)],
      ['over SHA-384', (data, key) => sign('sha384', data, { key, dsaEncoding: 'ieee-p1363' })],
    ])('is not valid %s', async (_name, signing) => {
      expect(await presentEs256(signing)).toMatchObject({ status: 400 });
    });

    // (r, n − s) verifies as well as (r, s): the whole token is a bad name for an assertion
    it('has a second form, which does not make a second assertion', async () => {
      const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
      const assertion = assertionOf(account256, {
        header: { alg: 'ES256' },
        claims: { jti: undefined },
        signing: es256,
      });
      const [header, claims, signature = ''] = assertion.split('.');
      const bytes = Buffer.from(signature, 'base64url');
      const s = order - BigInt(`0x${bytes.toString('hex', 32)}`);
      const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
      const twinAssertion = `${header}.${claims}.${twin.toString('base64url')}`;
      expect(await present(twinAssertion)).toMatchObject(GRANTED);
      expect(await present(assertion)).toMatchObject({
        ...REFUSED,
        description: expect.stringContaining('used before'),
      });
    });
  });

  it('without kid is looked for among all live keys of the account', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const path = `/api/service-accounts/${account.id}/keys`;
    await person.client.post<KeyBody>(path, { public_key: publicKey.export({ type: 'spki', format: 'pem' }) });
    const added = (await person.client.post<KeyBody>(path, {})).body;
    const rsaPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const rs256 = { header: { alg: 'RS256' }, ...(SIGNING.RS256 && { signing: SIGNING.RS256 }) };
    expect(await present(assertionOf({ id: account.id, private_key: rsaPem }, rs256))).toMatchObject(GRANTED);
    expect(await present(assertionOf({ id: account.id, private_key: added.private_key ?? '' }))).toMatchObject(GRANTED);
    expect(await presentParts({})).toMatchObject(GRANTED);
  });
});

describe('an assertion is good for one use', () => {
  it.each([
    ['by its jti', {}],
    ['without one, by what it says', { jti: undefined }],
  ])('%s: 16 at once over two servers get one token, and a later one none', async (_name, claims) => {
    const assertion = assertionOf(account, { claims });
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, index) => present(assertion, index % 2 ? baseUrl : otherUrl)),
    );
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ description }) => description?.includes('used before'))).toHaveLength(15);
    expect(await present(assertion)).toMatchObject(REFUSED);
  });

  it('also when it comes again with its jti and another content', async () => {
    const jti = crypto.randomUUID();
    expect(await presentParts({ claims: { jti } })).toMatchObject(GRANTED);
    expect(await presentParts({ claims: { jti, exp: now() + 200 } })).toMatchObject(REFUSED);
  });

  it('but a refused one spends nothing, and another account may use the same jti', async () => {
    const jti = crypto.randomUUID();
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(await presentParts({ claims: { jti }, signing: (data) => sign(null, data, privateKey) })).toMatchObject(
      REFUSED,
    );
    const other = await newServiceAccount(person.client);
    expect(await present(assertionOf(other, { claims: { jti } }))).toMatchObject(GRANTED);
    expect(await presentParts({ claims: { jti } })).toMatchObject(GRANTED);
  });
});
