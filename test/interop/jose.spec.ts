import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  calculateJwkThumbprint,
  CompactEncrypt,
  type CryptoKey,
  exportJWK,
  exportSPKI,
  FlattenedSign,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWTHeaderParameters,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { documentedCode, runDocumented } from '../guide/documented-code.ts';
import { type Answer, Client } from '../support/client.ts';
import { expectStatus, newPerson, type Person } from '../support/people.ts';
import {
  ISSUER,
  JWT_BEARER,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
  TOKEN_URL,
  type TokenBody,
} from '../support/service-accounts.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'];
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

interface Holder {
  readonly account: ServiceAccountBody;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** An account whose key jose has made, uploaded in PEM or as a JWK. */
async function holderOf(algorithm: string, form: string): Promise<Holder> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const uploaded = form === 'PEM' ? await exportSPKI(publicKey) : await exportJWK(publicKey);
  const account = await newServiceAccount(person.client, { public_key: uploaded });
  return { account, privateKey, publicKey };
}

const claimsOf = (account: ServiceAccountBody): SignJWT =>
  new SignJWT({})
    .setIssuer(account.id)
    .setSubject(account.id)
    .setAudience(TOKEN_URL)
    .setIssuedAt()
    .setExpirationTime('5m')
    .setJti(crypto.randomUUID());

const assertionOf = (account: ServiceAccountBody, key: CryptoKey | Uint8Array, header: JWTHeaderParameters) =>
  claimsOf(account).setProtectedHeader(header).sign(key);

const present = (assertion: string): Promise<Answer<TokenBody>> =>
  requestToken(baseUrl, { grant_type: JWT_BEARER, assertion });

/** When the only key of an account was used last. */
async function lastUse(account: ServiceAccountBody): Promise<string | null | undefined> {
  const answer = await person.client.get<ServiceAccountBody>(`/api/service-accounts/${account.id}`);
  return expectStatus(answer, 200).body.keys[0]?.last_used_at;
}

async function expectWorksOnce(account: ServiceAccountBody, assertion: string): Promise<void> {
  const granted = expectStatus(await present(assertion), 200).body;
  expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  const caller = new Client(baseUrl).with({ bearer: granted.access_token });
  expect((await caller.get('/api/compression/stats')).status).toBe(200);
  expect((await present(assertion)).body).toMatchObject({ error: 'invalid_grant' });
  expect(await lastUse(account)).toEqual(expect.any(String));
}

/** Refused, without a token and without a trace at the key. */
async function expectRefused(account: ServiceAccountBody, assertion: string): Promise<void> {
  const { status, body } = await present(assertion);
  expect({ status, error: body.error, token: body.access_token }).toEqual({
    status: 400,
    error: 'invalid_grant',
    token: undefined,
  });
  expect(await lastUse(account)).toBeNull();
}

describe('a service account that signs with the npm package jose', () => {
  it('gets a token with the key that was made for it', async () => {
    const account = await newServiceAccount(person.client);
    const key = await importPKCS8(account.private_key, 'EdDSA');
    await expectWorksOnce(account, await assertionOf(account, key, { alg: 'EdDSA', kid: account.key_id }));
  });

  it('gets one under the name that RFC 9864 gives to EdDSA with Ed25519', async () => {
    const alg = 'Ed25519';
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const account = await newServiceAccount(person.client, { public_key: { ...(await exportJWK(publicKey)), alg } });
    expect(account.keys[0]?.algorithm).toBe('EdDSA');
    await expectWorksOnce(account, await assertionOf(account, privateKey, { alg }));
  });

  it('gets one as the documentation signs it', async () => {
    const account = await newServiceAccount(person.client);
    const parameters = [account.id, account.key_id, account.private_key, TOKEN_URL];
    const assertion = runDocumented<string>(
      documentedCode('service-accounts.md', 'assertion.mjs'),
      `assertion(${parameters.map((value) => JSON.stringify(value)).join(', ')})`,
    );
    await expectWorksOnce(account, assertion);
  });

  describe.each(ALGORITHMS.flatMap((algorithm) => ['PEM', 'JWK'].map((form) => [algorithm, form] as const)))(
    'with an %s key, uploaded as %s,',
    (alg, form) => {
      let holder: Holder;
      beforeAll(async () => {
        holder = await holderOf(alg, form);
      });

      it('is shown the thumbprint that jose reckons, and no private key', async () => {
        const { account, publicKey } = holder;
        const thumbprint = await calculateJwkThumbprint(await exportJWK(publicKey));
        expect(account.keys).toEqual([expect.objectContaining({ key_id: account.key_id, algorithm: alg, thumbprint })]);
        expect(account.private_key).toBeUndefined();
      });

      it.each<[string, (account: ServiceAccountBody) => { kid?: string }]>([
        ['the id of the key', ({ key_id: kid }) => ({ kid })],
        ['its thumbprint', ({ keys: [key] }) => ({ kid: key?.thumbprint ?? 'none' })],
        ['absent', () => ({})],
      ])('gets a token, once, when kid is %s', async (_name, kid) => {
        const { account, privateKey } = holder;
        await expectWorksOnce(account, await assertionOf(account, privateKey, { alg, ...kid(account) }));
      });

      it('gets one with flat JSON too, for the issuer as the audience and the scope that it asks for', async () => {
        const { account, privateKey } = holder;
        const assertion = await claimsOf(account)
          .setAudience(ISSUER)
          .setProtectedHeader({ alg, typ: 'JWT' })
          .sign(privateKey);
        const body = { grant_type: JWT_BEARER, assertion, scope: 'read:compression' };
        const answer = await new Client(baseUrl).post<TokenBody>('/oauth/token', body);
        expect(expectStatus(answer, 200).body.scope).toBe('read:compression');
      });
    },
  );
});

describe('an assertion made with jose is refused', () => {
  let holder: Holder;
  beforeAll(async () => {
    holder = await holderOf('RS256', 'JWK');
  });
  const header = { alg: 'RS256' };

  it('with one claim changed after it was signed', async () => {
    const { account, privateKey } = holder;
    const [protectedHeader, , signature] = (await assertionOf(account, privateKey, header)).split('.');
    const [, claims] = (await assertionOf(account, privateKey, header)).split('.');
    await expectRefused(account, `${protectedHeader}.${claims}.${signature}`);
  });

  it.each(ALGORITHMS)('with an %s key that is not the account’s, whatever kid says', async (alg) => {
    const { account } = holder;
    const { privateKey } = await generateKeyPair(alg);
    for (const kid of [account.key_id, account.keys[0]?.thumbprint ?? '']) {
      await expectRefused(account, await assertionOf(account, privateKey, { alg, kid }));
    }
  });

  it.each(['PS256', 'RS384', 'RS512'])('by %s, which the key is not for', async (alg) => {
    const { account, publicKey, privateKey } = holder;
    const wrong = await person.client.post(`/api/service-accounts/${account.id}/keys`, {
      public_key: { ...(await exportJWK(publicKey)), alg },
    });
    expect(wrong.body).toMatchObject({ code: 'REQ_001', errors: [{ field: 'public_key' }] });
    const sameKey = await importJWK(await exportJWK(privateKey), alg);
    await expectRefused(account, await assertionOf(account, sameKey, { alg, kid: account.key_id }));
  });

  it('by HS256 with the public key as the secret', async () => {
    const { account, publicKey } = holder;
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))]) {
      await expectRefused(account, await assertionOf(account, Buffer.from(secret), { alg: 'HS256' }));
    }
  });

  it('that is not signed, that is encrypted, and that is not in the compact form', async () => {
    const { account, publicKey, privateKey } = holder;
    const claims = { iss: account.id, aud: TOKEN_URL, exp: Math.floor(Date.now() / 1000) + 60 };
    const payload = Buffer.from(JSON.stringify(claims));
    const flattened = await new FlattenedSign(payload).setProtectedHeader(header).sign(privateKey);
    const jwk = { ...(await exportJWK(publicKey)), alg: 'RSA-OAEP-256' };
    const encrypted = new CompactEncrypt(payload).setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' });
    await expectRefused(account, new UnsecuredJWT(claims).encode());
    await expectRefused(account, await encrypted.encrypt(jwk));
    await expectRefused(account, JSON.stringify(flattened));
  });

  it.each<[string, (jwt: SignJWT) => SignJWT]>([
    ['that is too old', (jwt) => jwt.setExpirationTime('-1s')],
    ['that lives for more than an hour', (jwt) => jwt.setExpirationTime('61m')],
    ['for somebody else too', (jwt) => jwt.setAudience([TOKEN_URL, 'https://example.com'])],
    ['of another issuer', (jwt) => jwt.setIssuer('https://example.com')],
    ['about somebody else', (jwt) => jwt.setSubject(crypto.randomUUID())],
  ])('%s', async (_name, change) => {
    const { account, privateKey } = holder;
    await expectRefused(account, await change(claimsOf(account)).setProtectedHeader(header).sign(privateKey));
  });

  it('and its genuine twin still gets a token', async () => {
    await expectWorksOnce(holder.account, await assertionOf(holder.account, holder.privateKey, header));
  });
});
