import { beforeAll, describe, expect, it } from '@jest/globals';
import { newTokens } from '../../support/authorize.ts';
import { openApiDocument } from '../../support/documented.ts';
import { eventually } from '../../support/eventually.ts';
import { newOAuthClient } from '../../support/oauth.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { newWebhook } from '../../support/webhooks.ts';
import { world } from '../../support/world.ts';

/** Somebody's resource: the parameters of its paths, and how its owner reads it. */
interface Resource {
  readonly parameters: Record<string, string>;
  readonly readPath: string;
}

/** How to make a resource of each kind that has an id in its path; a kind that is missing here fails the first test. */
const MAKERS: Record<string, (owner: Person) => Promise<Resource>> = {
  '/api/keys/{id}': async (owner) => {
    const { id } = await newKey(owner.client);
    return { parameters: { id }, readPath: `/api/keys/${id}` };
  },
  '/api/auth/sessions/{id}': async (owner) => {
    const answer = await owner.client.get<{ data: { id: string }[] }>('/api/auth/sessions');
    const [session] = expectStatus(answer, 200).body.data;
    // the owner reads by this very session: it has to be alive
    return { parameters: { id: session?.id ?? '' }, readPath: '/api/auth/me' };
  },
  '/api/compression/dictionaries/{id}': async (owner) => {
    const samples = Array.from({ length: 50 }, (_, index) =>
      JSON.stringify({ type: 'api_key', index, state: 'rotated' }),
    );
    const answer = await owner.client.post<{ id: string }>('/api/compression/dictionaries', { name: 'keys', samples });
    const { id } = expectStatus(answer, 201).body;
    return { parameters: { id }, readPath: `/api/compression/dictionaries/${id}` };
  },
  '/api/audit/decisions/{id}': async (owner) => {
    const limited = owner.client.with({ apiKey: (await newKey(owner.client, { permissions: ['read:context'] })).key });
    const refused = expectStatus(await limited.get('/api/keys'), 403);
    const id = refused.headers.get('x-request-id') ?? '';
    const readPath = `/api/audit/decisions/${id}`;
    await eventually(async () => (await owner.client.get(readPath)).status === 200);
    return { parameters: { id }, readPath };
  },
  '/api/service-accounts/{id}': async (owner) => {
    const answer = await owner.client.post<{ id: string; key_id: string }>('/api/service-accounts', {
      name: 'robot',
      permissions: ['read:compression'],
    });
    const { id, key_id: keyId } = expectStatus(answer, 201).body;
    return { parameters: { id, key_id: keyId }, readPath: `/api/service-accounts/${id}` };
  },
  '/api/oauth/clients/{id}': async (owner) => {
    const { id } = await newOAuthClient(owner.client);
    return { parameters: { id }, readPath: `/api/oauth/clients/${id}` };
  },
  '/api/oauth/grants/{id}': async (owner) => {
    const [baseUrl] = world().servers;
    await newTokens(baseUrl, await newOAuthClient(owner.client), owner);
    const answer = await owner.client.get<{ data: { id: string }[] }>('/api/oauth/grants');
    const [grant] = expectStatus(answer, 200).body.data;
    return { parameters: { id: grant?.id ?? '' }, readPath: '/api/oauth/grants' };
  },
  '/api/webhooks/{id}': async (owner) => {
    const { id } = await newWebhook(owner.client, 'https://hooks.example.com/');
    return { parameters: { id }, readPath: `/api/webhooks/${id}` };
  },
};

/** Bodies with which an operation would succeed for the owner. */
const BODIES: Record<string, unknown> = {
  updateApiKey: { name: 'taken over' },
  rotateApiKey: {},
  updateServiceAccount: { name: 'taken over' },
  addServiceAccountKey: {},
  updateOAuthClient: { name: 'taken over' },
  rotateOAuthClientSecret: {},
  updateWebhook: { enabled: false },
  rotateWebhookSecret: {},
  redeliverWebhookDeliveries: { from: '2024-01-08T00:00:00Z' },
};

const document = await openApiDocument(world().servers[0]);
const routes = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    // administrators' routes are refused to users for want of a permission, which the matrix tries
    .filter(() => path.includes('{') && !path.startsWith('/api/admin/'))
    .map(([method, { operationId }]) => ({ path, method: method.toUpperCase(), operationId, kind: kindOf(path) })),
);

/** The path up to and including its first parameter. */
function kindOf(path: string): string {
  return path.slice(0, path.indexOf('}') + 1);
}

let owner: Person;
let neighbour: Person;
const resources = new Map<string, Resource>();

beforeAll(async () => {
  [owner, neighbour] = await Promise.all([newPerson(), newPerson()]);
  for (const [kind, make] of Object.entries(MAKERS)) resources.set(kind, await make(owner));
});

describe('another owner’s resource', () => {
  it('is tried for every route with an id', () => {
    expect(routes.length).toBeGreaterThan(0);
    expect([...new Set(routes.map(({ kind }) => kind))].filter((kind) => !(kind in MAKERS))).toEqual([]);
  });

  it.each(routes)(
    '$operationId answers like for an unknown id, and changes nothing',
    async ({ path, method, operationId, kind }) => {
      const resource = resources.get(kind);
      if (!resource) throw new Error(`no resource of the kind ${kind}`);
      const fill = (values: Record<string, string>): string =>
        path.replaceAll(
          /\{([^}]+)\}/g,
          (_match, name: string) => values[name] ?? '018cf2b8-3c00-7000-8000-000000000000',
        );
      const before = await owner.client.get(resource.readPath);
      const body = BODIES[operationId];
      const theirs = await neighbour.client.request(method, fill(resource.parameters), { body });
      const unknown = await neighbour.client.request(method, fill({}), { body });
      expect(theirs.status).toBe(404);
      const withoutIds = ({ request_id: _id, ...rest }: typeof theirs.body) => rest;
      expect(withoutIds(theirs.body)).toEqual(withoutIds(unknown.body));
      expect((await owner.client.get(resource.readPath)).text).toBe(before.text);
    },
  );
});
