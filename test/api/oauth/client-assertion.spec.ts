import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { existingDatabase } from '../../support/database.ts';
import { newOAuthClient, type OAuthClientBody } from '../../support/oauth.ts';
import { newPerson } from '../../support/people.ts';
import { type AssertionParts, assertionOf, requestToken, SIGNING, TOKEN_URL } from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
const database = existingDatabase(world().sharedDatabase);
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
let client: OAuthClientBody;
let secretClient: OAuthClientBody;
beforeAll(async () => {
  const { client: owner } = await newPerson();
  const jwks = { keys: [pair.publicKey.export({ format: 'jwk' })] };
  client = await newOAuthClient(owner, { token_endpoint_auth_method: 'private_key_jwt', jwks });
  secretClient = await newOAuthClient(owner);
});

const now = (): number => Math.floor(Date.now() / 1000);

function assertion({ claims, header, signing = SIGNING.ES256 }: AssertionParts = {}, key = privatePem): string {
  return assertionOf(
    { id: client.client_id, private_key: key },
    {
      header: { alg: 'ES256', ...header },
      claims: { sub: client.client_id, ...claims },
      ...(signing && { signing }),
    },
  );
}

function ask(client_assertion: string, more: Record<string, string> = {}, url = baseUrl) {
  const parameters = { grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion };
  return requestToken(url, { ...parameters, ...more });
}

describe('private_key_jwt', () => {
  it.each([TOKEN_URL, 'http://localhost:3000', [TOKEN_URL]])('200 for an assertion to %j', async (aud) => {
    expect((await ask(assertion({ claims: { aud } }))).status).toBe(200);
  });

  it('an assertion may live an hour, and is remembered until after its end', async () => {
    const [jti, exp] = [crypto.randomUUID(), now() + 3_600];
    const signed = assertion({ claims: { jti, exp } });
    expect((await ask(signed)).status).toBe(200);
    const digest = createHash('sha256').update(`client-assertion ${jti}`).digest('base64url');
    const [spent] = await database.query<{ expires_at: Date }>(
      'select expires_at from spent_nonces where spender_id = $1 and nonce = $2',
      [client.id, digest],
    );
    expect(spent?.expires_at.getTime()).toBeGreaterThan(exp * 1000);
    expect(await ask(signed, {}, otherUrl)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('an assertion is good once: of 16 at once on two processes one gets a token', async () => {
    const signed = assertion();
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => ask(signed, {}, index % 2 ? baseUrl : otherUrl)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await ask(signed)).body.error).toBe('invalid_client');
  });

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const hmac = (data: Buffer): Buffer => createHmac('sha256', publicPem).update(data).digest();
  it.each([
    ['another audience', () => assertion({ claims: { aud: 'https://evil.example/token' } })],
    ['a second audience', () => assertion({ claims: { aud: [TOKEN_URL, 'https://evil.example'] } })],
    ['no audience', () => assertion({ claims: { aud: undefined } })],
    ['another issuer', () => assertion({ claims: { iss: crypto.randomUUID() } })],
    ['another subject', () => assertion({ claims: { sub: crypto.randomUUID() } })],
    ['no end', () => assertion({ claims: { exp: undefined } })],
    ['an end more than an hour ahead', () => assertion({ claims: { exp: now() + 3_610 } })],
    ['a past end', () => assertion({ claims: { exp: now() - 1 } })],
    ['no jti', () => assertion({ claims: { jti: undefined } })],
    ['an empty jti', () => assertion({ claims: { jti: '' } })],
    ['another key', () => assertion({}, stranger.export({ type: 'pkcs8', format: 'pem' }).toString())],
    ['HS256 with the public key', () => assertion({ header: { alg: 'HS256' }, signing: hmac })],
    ['alg none', () => assertion({ header: { alg: 'none' } })],
    ['a signature of zeros', () => assertion({ signing: () => Buffer.alloc(64) })],
    [
      'a jku',
      () =>
        assertion(
          { header: { jku: 'http://127.0.0.1:9/' } },
          stranger.export({ type: 'pkcs8', format: 'pem' }).toString(),
        ),
    ],
    ['crit', () => assertion({ header: { crit: ['b64'], b64: false } })],
    ['the type of an access token', () => assertion({ header: { typ: 'at+jwt' } })],
    ['no JWT', () => 'nonsense'],
  ])('401 for %s', async (_name, make) => {
    const answer = await ask(make(), { client_id: client.client_id });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('401 for the id alone, a secret, and another type of assertion; 400 for two ways', async () => {
    const { client_id } = client;
    const grant = { grant_type: 'client_credentials', client_id };
    expect((await requestToken(baseUrl, grant)).status).toBe(401);
    expect((await requestToken(baseUrl, { ...grant, client_secret: 'x' })).status).toBe(401);
    expect((await ask(assertion(), { client_assertion_type: 'saml' })).status).toBe(401);
    expect((await ask(assertion(), { client_secret: 'x' })).body.error).toBe('invalid_request');
  });

  it('401 for a client with a secret that comes with an assertion', async () => {
    const own = { sub: secretClient.client_id, iss: secretClient.client_id };
    expect((await ask(assertion({ claims: own }))).status).toBe(401);
  });
});
