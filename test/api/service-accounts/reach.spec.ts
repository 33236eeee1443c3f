import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { openApiDocument } from '../../support/documented.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { clientOf, newServiceAccount } from '../../support/service-accounts.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const UNKNOWN_ID = '018cf2b8-3c00-7000-8000-000000000000';
/** What `*` does not cover (and a user does not hold). */
const NAMED_ONLY = /^(write:(keys|service_accounts|oauth_clients)|verify:keys|admin:.*)$/;

/** Read from the running application, so that a new route is walked without anybody thinking of it. */
const document = await openApiDocument(baseUrl);
const closed = Object.entries(document.paths).flatMap(([template, item]) =>
  Object.entries(item).flatMap(([method, { 'x-requires': requires }]) => {
    const path = template.replaceAll(/\{[^}]+\}/g, UNKNOWN_ID);
    return requires === 'public'
      ? []
      : [{ method: method.toUpperCase(), path, requires: requires as string | string[] }];
  }),
);
const withPermission = closed.filter((route): route is (typeof closed)[number] & { requires: string[] } =>
  Array.isArray(route.requires),
);

let person: Person;
const clients = new Map<string, Client>();

/** A client with the token of an account that has exactly these permissions. */
async function holding(...permissions: string[]): Promise<Client> {
  const name = permissions.join(' ');
  const client =
    clients.get(name) ?? (await clientOf(baseUrl, await newServiceAccount(person.client, { permissions })));
  clients.set(name, client);
  return client;
}

beforeAll(async () => {
  person = await newPerson();
});

describe('a service account', () => {
  it('is let in by every route whose permission it was given, and only by those', async () => {
    const names = [...new Set(withPermission.flatMap(({ requires }) => requires))].filter(
      (name) => !name.startsWith('admin:'),
    );
    for (const name of names) {
      const client = await holding(name);
      for (const { method, path, requires } of withPermission) {
        const { status, body } = await client.request(method, path);
        const isHeld = requires.every((permission) => permission === name);
        const isLetIn = status !== 401 && status !== 403;
        expect({ method, path, name, isLetIn, code: isLetIn ? null : body.code }).toEqual({
          method,
          path,
          name,
          isLetIn: isHeld,
          code: isHeld ? null : 'AUTH_009',
        });
      }
    }
  });

  it('with "*" is not let in where the permission must be named', async () => {
    const client = await holding('*');
    for (const { method, path, requires } of withPermission) {
      const { status } = await client.request(method, path);
      expect({ method, path, isRefused: status === 403 }).toEqual({
        method,
        path,
        isRefused: requires.some((permission) => NAMED_ONLY.test(permission)),
      });
    }
  });

  it('is let in by no account route, whatever it may do', async () => {
    const client = await holding('*', 'write:keys', 'write:service_accounts', 'verify:keys');
    for (const { method, path } of closed.filter(({ requires }) => requires === 'session')) {
      const { status, body } = await client.request(method, path);
      expect({ method, path, status, code: body.code }).toEqual({ method, path, status: 403, code: 'AUTH_009' });
    }
  });

  it('is shown as what it is to who asks with X-Debug-Auth', async () => {
    const { headers } = await (
      await holding('read:compression')
    ).get('/api/compression/stats', {
      headers: { 'X-Debug-Auth': 'true' },
    });
    expect(headers.get('x-auth-method')).toBe('service_account');
    expect(headers.get('x-auth-user-id')).toBe(person.id);
  });
});

describe('creating one with an Idempotency-Key', () => {
  it('creates one account, however often it is repeated, and shows its key again for a while', async () => {
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const body = { name: 'once', permissions: ['read:compression'] };
    const create = () =>
      person.client.post<{ id: string; private_key: string }>('/api/service-accounts', body, { headers });
    const [first, second] = [await create(), await create()];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const { body: page } = await person.client.get<{ data: { name: string }[] }>('/api/service-accounts?limit=100');
    expect(page.data.filter(({ name }) => name === 'once')).toHaveLength(1);
  });
});
