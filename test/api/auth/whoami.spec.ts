import { beforeAll, describe, expect, it } from '@jest/globals';
import { newTokens } from '../../support/authorize.ts';
import { Client } from '../../support/client.ts';
import { clientCredentialsToken, newOAuthClient } from '../../support/oauth.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { clientOf, newServiceAccount } from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
const NOBODY = { key_id: null, service_account_id: null, client_id: null };
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

/** What whoami says, and what the debug headers name. */
async function identityOf(caller: Client) {
  const { status, body, headers } = await caller.get<Record<string, unknown>>('/api/auth/whoami', {
    headers: { 'x-debug-auth': 'true' },
  });
  expect(status).toBe(200);
  return {
    body,
    key: headers.get('x-auth-key-id'),
    account: headers.get('x-auth-service-account-id'),
    client: headers.get('x-auth-client-id'),
  };
}

describe('GET /api/auth/whoami 200, with debug headers', () => {
  it('names nothing but the user of a session', async () => {
    expect(await identityOf(person.client)).toMatchObject({
      body: { method: 'jwt', subject: person.id, ...NOBODY },
      key: null,
      account: null,
      client: null,
    });
  });

  it('names an API key', async () => {
    const { id, key } = await newKey(person.client);
    expect(await identityOf(new Client(baseUrl).with({ apiKey: key }))).toMatchObject({
      body: { method: 'api_key', subject: person.id, ...NOBODY, key_id: id },
      key: id,
      account: null,
      client: null,
    });
  });

  it('names the service account behind a token and the key pair that has signed for it', async () => {
    const account = await newServiceAccount(person.client);
    const caller = await clientOf(baseUrl, account);
    for (const url of [baseUrl, otherUrl]) {
      expect(await identityOf(caller.at(url))).toMatchObject({
        body: {
          method: 'service_account',
          subject: person.id,
          ...NOBODY,
          service_account_id: account.id,
          key_id: account.key_id,
        },
        key: account.key_id,
        account: account.id,
        client: null,
      });
    }
  });

  it('names the client behind an OAuth token, whether it acts for its owner or for somebody who let it', async () => {
    const client = await newOAuthClient((await newPerson()).client);
    const own = await clientCredentialsToken(baseUrl, client);
    const { access_token: granted } = await newTokens(baseUrl, client, person);
    for (const bearer of [own, granted]) {
      expect(await identityOf(new Client(otherUrl).with({ bearer }))).toMatchObject({
        body: { method: 'oauth', ...NOBODY, client_id: client.client_id },
        key: null,
        account: null,
        client: client.client_id,
      });
    }
    const { body } = await identityOf(new Client(baseUrl).with({ bearer: granted }));
    expect(body).toMatchObject({ subject: person.id });
  });
});
