import { webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { allow, PageBrowser } from '../support/authorize.ts';
import { newOAuthClient, newPublicClient, type OAuthClientBody, REDIRECT_URI } from '../support/oauth.ts';
import { newPerson, type Person } from '../support/people.ts';
import { ISSUER } from '../support/service-accounts.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
const SCOPES = ['read:compression', 'openid', 'profile', 'email'];
let developer: Person;
let person: Person;
beforeAll(async () => {
  [developer, person] = await Promise.all([newPerson(), newPerson()]);
});

/** The servers listen elsewhere than where their public URL says. */
const viaLoopback: oidc.CustomFetch = (url, options) => fetch(url.replace(ISSUER, baseUrl), options);

function discover(client: OAuthClientBody, authentication: oidc.ClientAuth): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(ISSUER), client.client_id, undefined, authentication, {
    [oidc.customFetch]: viaLoopback,
    execute: [oidc.allowInsecureRequests],
  });
}

async function logIn(config: oidc.Configuration) {
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = { expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: SCOPES.join(' '),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    max_age: '3600',
  });
  const back = await allow(new PageBrowser(baseUrl), `${url.pathname}${url.search}`, person);
  return oidc.authorizationCodeGrant(config, back, { ...checks, pkceCodeVerifier: verifier, maxAge: 3600 });
}

describe('openid-client, from discovery on', () => {
  it.each([
    ['a public client', () => newPublicClient(developer.client, { scopes: SCOPES }), () => oidc.None()],
    ['client_secret_basic', () => newOAuthClient(developer.client, { scopes: SCOPES }), oidc.ClientSecretBasic],
    ['client_secret_post', () => newOAuthClient(developer.client, { scopes: SCOPES }), oidc.ClientSecretPost],
  ])('logs in, validates the ID token, reads userinfo, refreshes and revokes: %s', async (_name, make, way) => {
    const client = await make();
    const config = await discover(client, way(client.client_secret));
    const tokens = await logIn(config);
    expect(tokens.claims()).toMatchObject({ sub: person.id, iss: ISSUER, aud: client.client_id });
    const info = await oidc.fetchUserInfo(config, tokens.access_token, person.id);
    expect(info).toMatchObject({ name: 'A Person', email: person.email });
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.claims()?.sub).toBe(person.id);
    if (client.type === 'confidential') {
      expect(await oidc.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true });
    }
    await oidc.tokenRevocation(config, refreshed.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(config, refreshed.refresh_token ?? '')).rejects.toThrow();
    await expect(oidc.fetchUserInfo(config, refreshed.access_token, person.id)).rejects.toThrow();
  });

  it('gets tokens for itself with private_key_jwt, EdDSA and ES256', async () => {
    for (const algorithm of [{ name: 'Ed25519' }, { name: 'ECDSA', namedCurve: 'P-256' }]) {
      const made = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const pair = made as webcrypto.CryptoKeyPair;
      const jwk = (await webcrypto.subtle.exportKey('jwk', pair.publicKey)) as Record<string, unknown>;
      const { kty, crv, x, y } = jwk;
      const client = await newOAuthClient(developer.client, {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty, crv, x, ...(y !== undefined && { y }) }] },
      });
      const config = await discover(client, oidc.PrivateKeyJwt(pair.privateKey));
      const tokens = await oidc.clientCredentialsGrant(config, { scope: 'read:compression' });
      expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read:compression' });
    }
  });
});
