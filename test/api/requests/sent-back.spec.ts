import { beforeAll, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '../../support/documented.ts';
import { expectStatus, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const document = await openApiDocument(baseUrl);

type Resource = Record<string, unknown> & { readonly id: string };

/** What of an answer a body of this schema has fields for. */
function fieldsOf(schema: string, answer: Resource): Record<string, unknown> {
  const { properties } = document.components.schemas[schema] as { properties: Record<string, unknown> };
  return Object.fromEntries(Object.entries(answer).filter(([name]) => name in properties));
}

/** What may differ in a resource that nobody has changed. */
function lasting({ id: _id, created_at: _created, updated_at: _updated, ...rest }: Resource): object {
  return rest;
}

const KINDS = [
  { path: '/api/keys', changes: 'ApiKeyChanges', creation: 'NewApiKey', body: { name: 'plain' } },
  {
    path: '/api/keys',
    changes: 'ApiKeyChanges',
    creation: 'NewApiKey',
    body: { name: 'closed', allowed_ips: ['127.0.0.1', '10.0.0.0/8'], quota: { limit: 5_000, period: 'day' } },
  },
  {
    path: '/api/service-accounts',
    changes: 'ServiceAccountChanges',
    creation: 'NewServiceAccount',
    body: { name: 'robot', permissions: ['read:compression'] },
  },
  {
    path: '/api/webhooks',
    changes: 'WebhookChanges',
    creation: 'NewWebhook',
    body: { url: 'https://hooks.example.com/kindly', events: ['api_key.*'] },
  },
  {
    path: '/api/oauth/clients',
    changes: 'OAuthClientChanges',
    creation: 'NewOAuthClient',
    body: { name: 'app', redirect_uris: ['https://app.example.com/back'], type: 'confidential', scopes: ['read:keys'] },
  },
] as const;

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

describe('what GET answers', () => {
  it.each(KINDS)('of $path ($body.name) can be sent back by PATCH, and changes nothing', async (kind) => {
    const { id } = expectStatus(await person.client.post<Resource>(kind.path, kind.body), 201).body;
    const { body: before } = await person.client.get<Resource>(`${kind.path}/${id}`);
    const sent = fieldsOf(kind.changes, before);
    expect(Object.keys(sent).length).toBeGreaterThan(1);
    const { body: after } = expectStatus(await person.client.patch<Resource>(`${kind.path}/${id}`, sent), 200);
    expect(lasting(after)).toEqual(lasting(before));
  });

  it.each(KINDS)('of $path ($body.name) can be sent back by POST, and makes another like it', async (kind) => {
    const { id } = expectStatus(await person.client.post<Resource>(kind.path, kind.body), 201).body;
    const { body: first } = await person.client.get<Resource>(`${kind.path}/${id}`);
    const sent = fieldsOf(kind.creation, first);
    const { body: second } = expectStatus(await person.client.post<Resource>(kind.path, sent), 201);
    expect(second.id).not.toBe(id);
    expect(fieldsOf(kind.creation, second)).toEqual(sent);
  });
});

describe('the two names of an address list', () => {
  it.each([
    ['the same list', { allowed_ips: ['10.0.0.0/8'], ip_whitelist: ['10.0.0.0/8'] }, ['10.0.0.0/8']],
    ['null beside the other name', { allowed_ips: null, ip_whitelist: ['10.0.0.0/8'] }, ['10.0.0.0/8']],
    ['null beside the first name', { allowed_ips: ['10.0.0.0/8'], ip_whitelist: null }, ['10.0.0.0/8']],
    ['null under both', { allowed_ips: null, ip_whitelist: null }, null],
    ['null under one', { ip_whitelist: null }, null],
  ])('may hold %s', async (_what, lists, expected) => {
    const created = await person.client.post<Resource>('/api/keys', { name: 'two names', ...lists });
    expect(expectStatus(created, 201).body).toMatchObject({ allowed_ips: expected, ip_whitelist: expected });
    const closed = { name: 'to be changed', allowed_ips: ['192.0.2.1'] };
    const { id } = expectStatus(await person.client.post<Resource>('/api/keys', closed), 201).body;
    const changed = await person.client.patch<Resource>(`/api/keys/${id}`, lists);
    expect(expectStatus(changed, 200).body).toMatchObject({ allowed_ips: expected, ip_whitelist: expected });
  });

  it('may not hold two lists: nobody can tell which one is meant', async () => {
    const lists = { allowed_ips: ['10.0.0.0/8'], ip_whitelist: ['192.0.2.1'] };
    const answer = await person.client.post('/api/keys', { name: 'two lists', ...lists });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'ip_whitelist' }] } });
  });
});
