import { describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { openApiDocument } from '../../support/documented.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;

interface Metadata {
  readonly issuer: string;
  readonly grant_types_supported: readonly string[];
  readonly [name: string]: unknown;
}

describe('the metadata', () => {
  it.each(['oauth-authorization-server', 'openid-configuration'])(
    '%s names what exists, and only that',
    async (name) => {
      const { status, body } = await new Client(baseUrl).get<Metadata>(`/.well-known/${name}`);
      expect(status).toBe(200);
      expect(body.issuer).toBe('http://localhost:3000');
      const { paths } = await openApiDocument(baseUrl);
      const named = Object.entries(body).filter(([key]) => key.endsWith('_endpoint') || key === 'jwks_uri');
      expect(named.length).toBeGreaterThanOrEqual(5);
      for (const [, url] of named) expect(paths).toHaveProperty([String(url).replace(body.issuer, '')]);
      expect(body.grant_types_supported.toSorted()).toEqual([
        'authorization_code',
        'client_credentials',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ]);
      expect(body).toMatchObject({ code_challenge_methods_supported: ['S256'], response_types_supported: ['code'] });
    },
  );

  it('the keys are public ones, the same on every process', async () => {
    const [one, other] = await Promise.all(
      [baseUrl, otherUrl].map((url) => new Client(url).get<{ keys: Record<string, unknown>[] }>('/oauth/jwks')),
    );
    expect(one?.body.keys[0]).toMatchObject({
      kty: 'EC',
      crv: 'P-256',
      use: 'sig',
      alg: 'ES256',
      kid: expect.any(String),
    });
    expect(one?.body.keys[0]).not.toHaveProperty('d');
    expect(other?.body).toEqual(one?.body);
  });
});
