import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { newKey, newPerson, type Person } from '../../support/people.ts';
import {
  assertionOf,
  clientOf,
  JWT_BEARER,
  type KeyBody,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
} from '../../support/service-accounts.ts';
import { until } from '../../support/until.ts';
import { world } from '../../support/world.ts';

const [baseUrl, otherUrl] = world().servers;
const PATH = '/api/service-accounts';
const STATS = '/api/compression/stats';
const UNKNOWN = '550e8400-e29b-41d4-a716-446655440000';
/** An invalidation takes a moment to reach a process, and no more. */
const SOON_MS = 1_000;

/** Waits until a token is refused with a code. */
function refused(client: Client, code: string): Promise<void> {
  return until(async () => (await client.get(STATS)).body.code === code, SOON_MS);
}

let person: Person;
let stranger: Person;
beforeAll(async () => {
  [person, stranger] = await Promise.all([newPerson(), newPerson()]);
});

describe('GET /api/service-accounts', () => {
  it('200 pages through the own ones, newest first, and shows nobody else any', async () => {
    const owner = await newPerson();
    const made: string[] = [];
    for (const name of ['one', 'two', 'three']) made.unshift((await newServiceAccount(owner.client, { name })).id);
    interface Page {
      data: ServiceAccountBody[];
      has_more: boolean;
      next_cursor: string | null;
    }
    const first = await owner.client.get<Page>(`${PATH}?limit=2`);
    expect(first.body).toMatchObject({ has_more: true, data: [{ name: 'three' }, { name: 'two' }] });
    const second = await owner.client.get<Page>(`${PATH}?limit=2&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...second.body.data].map(({ id }) => id)).toEqual(made);
    expect((await stranger.client.get(PATH)).body).toMatchObject({ data: [], has_more: false });
  });

  it('200 for one; 404 for an unknown id', async () => {
    const account = await newServiceAccount(person.client);
    expect((await person.client.get(`${PATH}/${account.id}`)).body).toMatchObject({ id: account.id });
    expect((await person.client.get(`${PATH}/${UNKNOWN}`)).status).toBe(404);
  });
});

describe('PATCH /api/service-accounts/{id}', () => {
  it('200 changes what is sent, keeps what is left out, and clears what is null', async () => {
    const account = await newServiceAccount(person.client, { description: 'first' });
    const path = `${PATH}/${account.id}`;
    expect((await person.client.patch(path, { name: 'renamed' })).body).toMatchObject({
      name: 'renamed',
      description: 'first',
      permissions: account.permissions,
      enabled: true,
    });
    expect((await person.client.patch(path, { description: null })).body).toMatchObject({ description: null });
  });

  it('disabling stops its tokens and its assertions at once, on both servers; enabling lets them go on', async () => {
    const account = await newServiceAccount(person.client);
    const client = await clientOf(baseUrl, account);
    expect((await client.get(STATS)).status).toBe(200);
    expect((await person.client.patch(`${PATH}/${account.id}`, { enabled: false })).body).toMatchObject({
      enabled: false,
    });
    for (const url of [baseUrl, otherUrl]) {
      await refused(client.at(url), 'AUTH_002');
      const answer = await requestToken(url, { grant_type: JWT_BEARER, assertion: assertionOf(account) });
      expect(answer.body.error).toBe('invalid_grant');
    }
    await person.client.patch(`${PATH}/${account.id}`, { enabled: true });
    expect((await client.get(STATS)).status).toBe(200);
  });

  it('taking a permission away takes it from tokens that are out, and giving one does not add to them', async () => {
    const account = await newServiceAccount(person.client);
    const client = await clientOf(baseUrl, account);
    const path = `${PATH}/${account.id}`;
    await person.client.patch(path, { permissions: ['write:compression'] });
    await refused(client, 'AUTH_009');
    await person.client.patch(path, { permissions: ['read:compression', 'read:keys'] });
    await until(async () => (await client.get(STATS)).status === 200, SOON_MS);
    expect((await client.get('/api/keys')).body.code).toBe('AUTH_009');
  });

  it('403 when a weaker credential would widen or enable it; renaming and narrowing are allowed', async () => {
    const account = await newServiceAccount(person.client);
    const path = `${PATH}/${account.id}`;
    const { key } = await newKey(person.client, {
      permissions: ['write:service_accounts', 'read:keys', 'read:compression'],
    });
    const weak = person.client.with({ apiKey: key });
    expect((await weak.patch(path, { permissions: [...account.permissions, 'read:keys'] })).body.code).toBe('AUTH_009');
    expect((await weak.patch(path, { name: 'by a key', enabled: false })).status).toBe(200);
    expect((await weak.patch(path, { enabled: true })).body.code).toBe('AUTH_009');
    expect((await weak.post(`${path}/keys`, {})).body.code).toBe('AUTH_009');
    expect((await weak.patch(path, { permissions: ['read:compression'] })).status).toBe(200);
    expect((await weak.patch(path, { enabled: true })).status).toBe(200);
    expect((await weak.post(`${path}/keys`, {})).status).toBe(201);
  });

  it.each([
    ['owner', { owner: UNKNOWN }],
    ['id', { id: UNKNOWN }],
    ['minted_by', { minted_by: UNKNOWN }],
    ['allowed_ips', { allowed_ips: null }],
    ['expires_at', { expires_at: null }],
    ['enabled', { enabled: 'false' }],
    ['name', { name: '' }],
  ])('400 names %s', async (field, body) => {
    const account = await newServiceAccount(person.client);
    const answer = await person.client.patch(`${PATH}/${account.id}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.field).toBe(field);
  });
});

describe('the keys of a service account', () => {
  it('are up to five at once: 409 for a sixth, also when they are added at the same moment', async () => {
    const account = await newServiceAccount(person.client);
    const path = `${PATH}/${account.id}/keys`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        person.client.at(index % 2 ? baseUrl : otherUrl).post<KeyBody>(path, {}),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(6);
    const added = answers.find(({ status }) => status === 201)?.body;
    expect((await person.client.delete(`${path}/${added?.key_id}`)).status).toBe(204);
    expect((await person.client.post(path, {})).status).toBe(201);
    expect((await person.client.post(path, {})).status).toBe(409);
  });

  it('are made without a body too, for 90 days', async () => {
    const account = await newServiceAccount(person.client);
    const added = await person.client.post<KeyBody>(`${PATH}/${account.id}/keys`);
    expect(added.status).toBe(201);
    expect(Date.parse(added.body.expires_at)).toBeGreaterThan(Date.now() + 89 * 86_400_000);
  });

  it('work beside each other, say when they were used, and end alone, with their tokens', async () => {
    const account = await newServiceAccount(person.client);
    const path = `${PATH}/${account.id}`;
    const added = (await person.client.post<KeyBody>(`${path}/keys`, {})).body;
    const first = await clientOf(baseUrl, account);
    const second = await clientOf(baseUrl, { id: account.id, private_key: added.private_key ?? '' });
    const { keys } = (await person.client.get<ServiceAccountBody>(path)).body;
    expect(keys.map(({ last_used_at }) => typeof last_used_at)).toEqual(['string', 'string']);
    expect((await person.client.delete(`${path}/keys/${account.key_id}`)).status).toBe(204);
    expect((await person.client.delete(`${path}/keys/${account.key_id}`)).status).toBe(204);
    await refused(first, 'AUTH_002');
    await refused(first.at(otherUrl), 'AUTH_002');
    expect((await second.get(STATS)).status).toBe(200);
    const ended = await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion: assertionOf(account) });
    expect(ended.body.error).toBe('invalid_grant');
    expect((await person.client.get<ServiceAccountBody>(path)).body.keys).toMatchObject([{ key_id: added.key_id }]);
  });

  it('end when the request says so, but not in the past', async () => {
    const account = await newServiceAccount(person.client);
    const path = `${PATH}/${account.id}/keys`;
    const expires_at = '2040-01-01T00:00:00Z';
    expect((await person.client.post<KeyBody>(path, { expires_at })).body.expires_at).toBe(expires_at);
    expect((await person.client.post(path, { expires_at: '2020-01-01T00:00:00Z' })).body.errors?.[0]?.field).toBe(
      'expires_at',
    );
  });

  it('404 for a key that is not of this account', async () => {
    const [one, two] = await Promise.all([newServiceAccount(person.client), newServiceAccount(person.client)]);
    expect((await person.client.delete(`${PATH}/${one.id}/keys/${two.key_id}`)).status).toBe(404);
    expect((await (await clientOf(baseUrl, two)).get(STATS)).status).toBe(200);
  });
});

describe('DELETE /api/service-accounts/{id}', () => {
  it('204, the second time too; it is gone, and its tokens with it', async () => {
    const account = await newServiceAccount(person.client);
    const client = await clientOf(baseUrl, account);
    const path = `${PATH}/${account.id}`;
    expect((await person.client.delete(path)).status).toBe(204);
    expect((await person.client.delete(path)).status).toBe(204);
    await refused(client.at(otherUrl), 'AUTH_002');
    expect((await person.client.get(path)).status).toBe(404);
    expect((await person.client.patch(path, { enabled: true })).status).toBe(404);
    expect((await person.client.post(`${path}/keys`, {})).status).toBe(404);
    const { body } = await person.client.get<{ data: ServiceAccountBody[] }>(`${PATH}?limit=100`);
    expect(body.data.map(({ id }) => id)).not.toContain(account.id);
  });
});

describe('somebody else', () => {
  it('404 on every route with the id of a neighbour, and nothing of it changes', async () => {
    const account = await newServiceAccount(person.client);
    const database = existingDatabase(world().sharedDatabase);
    const state = (): Promise<unknown> =>
      database.query(
        'select a.*, k.* from service_accounts a join service_account_keys k on k.account_id = a.id where a.id = $1',
        [account.id],
      );
    const before = await state();
    const path = `${PATH}/${account.id}`;
    const answers = await Promise.all([
      stranger.client.get(path),
      stranger.client.patch(path, { enabled: false }),
      stranger.client.delete(path),
      stranger.client.post(`${path}/keys`, {}),
      stranger.client.delete(`${path}/keys/${account.key_id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(await state()).toEqual(before);
  });
});

describe('what happens to a service account', () => {
  it('is recorded for its owner, without a secret', async () => {
    const account = await newServiceAccount(person.client);
    await person.client.patch(`${PATH}/${account.id}`, { enabled: false });
    await person.client.delete(`${PATH}/${account.id}`);
    const events = await existingDatabase(world().sharedDatabase).query<{ type: string; text: string }>(
      "select type, data::text as text from outbox_events where owner_id = $1 and data->>'service_account_id' = $2 order by sequence",
      [person.id, account.id],
    );
    expect(events.map(({ type }) => type)).toEqual([
      'service_account.created',
      'service_account.updated',
      'service_account.revoked',
    ]);
    expect(JSON.stringify(events)).not.toContain('PRIVATE');
  });
});
