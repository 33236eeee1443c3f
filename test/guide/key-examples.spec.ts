import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectStatus, type MintedKey, newPerson, type Person } from '../support/people.ts';

// The bodies of the guide's sections "Creating an API Key", "Least Privilege" and "IP Whitelisting", with an end that
// lies in the future. JSON.stringify turns the Date of the JavaScript examples into a text with milliseconds.
const IN_A_WEEK = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000);
const IN_A_YEAR = new Date(Date.now() + 365 * 24 * 60 * 60 * 1000);

let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

async function createApiKey(fields: object): Promise<MintedKey> {
  return expectStatus(await person.client.post<MintedKey>('/api/keys', fields), 201).body;
}

function stats(key: MintedKey) {
  return person.client.with({ apiKey: key.key }).get('/api/compression/stats');
}

describe("the guide's examples of keys", () => {
  it('create a key, use it, list it and revoke it', async () => {
    const key = await createApiKey({ name: 'Production Server', expires_at: '2095-01-08T00:00:00Z' });
    expect(key).toMatchObject({ name: 'Production Server', expires_at: '2095-01-08T00:00:00Z' });
    expect(key.key).toMatch(/^kapi_prod_.{32}$/);
    expect((await stats(key)).status).toBe(200);
    const { body } = await person.client.get<{ data: MintedKey[] }>('/api/keys');
    expect(body.data.map(({ id }) => id)).toContain(key.id);
    expectStatus(await person.client.delete(`/api/keys/${key.id}`), 204);
    expect((await stats(key)).status).toBe(401);
  });

  it('a development key may read from this machine only, for seven days', async () => {
    const key = await createApiKey({
      name: 'Development - Local Testing',
      permissions: ['read:compression', 'read:context'],
      ip_whitelist: ['127.0.0.1', '::1'],
      expires_at: IN_A_WEEK,
    });
    expect((await stats(key)).status).toBe(200);
    const { status } = await person.client
      .with({ apiKey: key.key })
      .post('/api/compression/compress', { data: { a: 1 } });
    expect(status).toBe(403);
  });

  it('a production key gets all but the right to mint; 52.44.123.456 is not an address, and is named', async () => {
    const fields = { name: 'Production - Main Service', permissions: ['*'], expires_at: IN_A_YEAR };
    const refused = await person.client.post('/api/keys', {
      ...fields,
      ip_whitelist: ['52.44.123.456', '52.44.123.457'],
    });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'REQ_001', errors: [{ field: 'ip_whitelist[0]' }, { field: 'ip_whitelist[1]' }] },
    });
    const key = await createApiKey({ ...fields, ip_whitelist: ['52.44.123.45', '127.0.0.1'] });
    expect((await stats(key)).status).toBe(200);
    const { status } = await person.client.with({ apiKey: key.key }).post('/api/keys', { name: 'Offspring' });
    expect(status).toBe(403);
  });

  it('allow and deny lists live together, and deny wins', async () => {
    const key = await createApiKey({
      name: 'Production Server',
      allowed_ips: ['203.0.113.0/24', '198.51.100.42'],
      denied_ips: ['192.168.0.0/16', '10.0.0.0/8'],
    });
    expect(await stats(key)).toMatchObject({
      status: 403,
      body: { code: 'AUTH_005', title: 'IP not whitelisted', solution: 'Add IP to allowed list' },
    });
  });
});
