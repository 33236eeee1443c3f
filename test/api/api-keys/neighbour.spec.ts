import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { existingDatabase } from '../../support/database.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const database = existingDatabase(world().sharedDatabase);
const UNKNOWN = '018cf2b8-3c00-7000-8000-000000000000';
let victim: Person;
let key: MintedKey;
let neighbour: Person;
let asKey: Client;

beforeAll(async () => {
  victim = await newPerson();
  key = await newKey(victim.client, { name: 'Private' });
  await victim.client.post(`/api/keys/${key.id}/rotate`, {});
  neighbour = await newPerson();
  const permissions = ['*', 'write:keys', 'verify:keys'];
  asKey = neighbour.client.with({ apiKey: (await newKey(neighbour.client, { permissions })).key });
});

/** Everything that belongs to the victim. */
function everything() {
  return Promise.all([
    database.query('select * from api_keys where owner_id = $1 order by id', [victim.id]),
    database.query('select * from outbox_events where owner_id = $1 order by id', [victim.id]),
    database.query('select * from users where id = $1', [victim.id]),
  ]);
}

describe('the key of a neighbour', () => {
  it.each([
    ['GET', '', undefined],
    ['PATCH', '', { name: 'Mine now', permissions: ['*'] }],
    ['PATCH', '', {}],
    ['DELETE', '', undefined],
    ['DELETE', '?delay_hours=1&cascade=true', undefined],
    ['POST', '/rotate', { grace_period_hours: 0 }],
    ['GET', '/rotation', undefined],
  ])('does not exist for %s %s, in the same words as a key that is none', async (method, tail, body) => {
    const before = await everything();
    for (const client of [neighbour.client, asKey]) {
      const answers = await Promise.all(
        [key.id, UNKNOWN, key.id.toUpperCase(), 'not-an-id'].map((id) =>
          client.request(method, `/api/keys/${id}${tail}`, { body, isDocumented: id !== 'not-an-id' }),
        ),
      );
      for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: 'REQ_005' } });
      const [foreign, unknown] = answers.map((answer) => ({ ...answer.body, request_id: null }));
      expect(foreign).toEqual(unknown);
    }
    expect(await everything()).toEqual(before);
  });

  it('is in no list', async () => {
    const { body } = await neighbour.client.get<{ data: unknown[] }>('/api/keys?q=Private');
    expect(body.data).toEqual([]);
  });

  it('is not found by verification, and costs it nothing', async () => {
    const { body } = await neighbour.client.post('/api/keys/verify', { key: key.key });
    expect(body).toEqual({
      valid: false,
      code: 'AUTH_004',
      reason: 'not_found',
      key_id: null,
      owner_id: null,
      permissions: [],
      remaining_quota: null,
    });
  });
});
