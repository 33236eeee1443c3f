import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { openApiDocument } from '../../support/documented.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

/** All that a user's own credentials may name; administrators' permissions cannot be minted by a user. */
const GRANTABLE = [
  ...['compression', 'context', 'analytics', 'keys', 'service_accounts', 'webhooks', 'oauth_clients'].flatMap(
    (resource) => [`read:${resource}`, `write:${resource}`],
  ),
  'read:audit',
  'verify:keys',
];

/** What a wildcard does not cover, beside `admin:*`. */
const NAMED_ONLY = new Set(['write:keys', 'write:service_accounts', 'write:oauth_clients', 'verify:keys']);

interface Route {
  readonly method: string;
  readonly path: string;
  readonly requires: 'public' | 'credential' | 'session' | readonly string[];
}

const anonymous = new Client(world().servers[0]);
const UNKNOWN_ID = '018cf2b8-3c00-7000-8000-000000000000';

/** Read from the running application, so that a new route is walked without anybody thinking of it. */
const document = await openApiDocument(world().servers[0]);
const routes: Route[] = Object.entries(document.paths).flatMap(([template, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path: template.replaceAll(/\{[^}]+\}/g, UNKNOWN_ID),
    requires: operation['x-requires'] as Route['requires'],
  })),
);

const closed = routes
  .filter(({ requires }) => requires !== 'public')
  .map((route) => ({ ...route, name: `${route.method} ${route.path}` }));
const withPermission = closed.filter(({ requires }) => Array.isArray(requires));
const sessionOnly = closed.filter(({ requires }) => requires === 'session');

/** Under `/oauth` refusals are those of OAuth (RFC 6750 §3.1). */
const isOAuth = (path: string): boolean => path.startsWith('/oauth/');
const refusalOf = (path: string, body: { code?: string; error?: string }): string | undefined =>
  isOAuth(path) ? body.error : body.code;

let person: Person;
const keys = new Map<string, Client>();

/** A client with a key that has exactly these grants; minted once. */
async function keyWith(grants: readonly string[]): Promise<Client> {
  const name = grants.join(' ');
  let client = keys.get(name);
  if (!client) {
    client = anonymous.with({ apiKey: (await newKey(person.client, { permissions: grants })).key });
    keys.set(name, client);
  }
  return client;
}

beforeAll(async () => {
  person = await newPerson();
});

describe('every closed route', () => {
  it('is among those that are walked', () => {
    expect(closed.length).toBeGreaterThan(6);
    expect(routes.every(({ requires }) => requires !== undefined)).toBe(true);
  });

  it.each(closed)('$name refuses a caller without a credential', async ({ method, path }) => {
    const answer = await anonymous.request(method, path);
    expect(answer.status).toBe(401);
    expect(refusalOf(path, answer.body)).toBe(isOAuth(path) ? 'invalid_token' : 'AUTH_008');
  });

  it.each(closed)('$name refuses a refresh token, and a key that does not exist', async ({ method, path }) => {
    const refresh = await anonymous.with({ bearer: person.session.refresh_token }).request(method, path);
    expect(refresh.status).toBe(401);
    const key = await anonymous.with({ apiKey: 'kapi_prod_00000000000000000000000000000000' }).request(method, path);
    expect(refusalOf(path, key.body)).toBe(isOAuth(path) ? 'invalid_token' : 'AUTH_004');
  });
});

describe('a route that requires permissions', () => {
  it.each(withPermission)(
    '$name refuses a key that has every permission but that one',
    async ({ method, path, requires }) => {
      for (const permission of requires as string[]) {
        const client = await keyWith(GRANTABLE.filter((grant) => grant !== permission));
        const answer = await client.request(method, path);
        expect(answer.status).toBe(403);
        expect(answer.body).toMatchObject({ code: 'AUTH_009', detail: expect.stringContaining(permission) });
      }
    },
  );

  it.each(withPermission)('$name lets a key in that has that permission alone', async ({ method, path, requires }) => {
    const needed = requires as string[];
    if (needed.some((permission) => permission.startsWith('admin:'))) {
      // a user can neither hold nor mint it
      const answer = await person.client.request(method, path);
      expect(answer.body.code).toBe('AUTH_009');
      return;
    }
    const answer = await (await keyWith(needed)).request(method, path);
    expect([401, 403]).not.toContain(answer.status);
  });

  // a leaked "*" key must not be able to make further credentials
  it.each(withPermission)('$name is open to a "*" key only if it mints nothing', async ({ method, path, requires }) => {
    const answer = await (await keyWith(['*'])).request(method, path);
    const needsNaming = (requires as string[]).some(
      (permission) => NAMED_ONLY.has(permission) || permission.startsWith('admin:'),
    );
    if (needsNaming) expect(answer.body.code).toBe('AUTH_009');
    else expect([401, 403]).not.toContain(answer.status);
  });
});

describe('an account route', () => {
  it('refuses a key, whatever it may do', async () => {
    const client = await keyWith(GRANTABLE);
    for (const { method, path } of sessionOnly) {
      const answer = await client.request(method, path);
      expect(answer.status).toBe(403);
      expect(answer.body.code).toBe('AUTH_009');
    }
  });
});
