import { beforeAll, describe, expect, it } from '@jest/globals';
import { existingDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

interface Page {
  readonly data: readonly (MintedKey & { readonly name: string; readonly rotation_due: boolean })[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

const database = existingDatabase(world().sharedDatabase);
let person: Person;
const keys = {} as Record<string, MintedKey>;

async function list(query: string): Promise<Page> {
  return expectStatus(await person.client.get<Page>(`/api/keys${query}`), 200).body;
}

function names({ data }: Page): string[] {
  return data.map(({ name }) => name);
}

/** Makes a key older. */
function age(id: string | undefined, by: string) {
  return database.query('update api_keys set created_at = created_at - $2::interval where id = $1', [id, by]);
}

beforeAll(async () => {
  person = await newPerson();
  for (const name of ['active', 'rotating', 'scheduled', 'expired', 'quarantined', 'revoked', 'ended']) {
    const environment = name === 'active' ? 'test' : 'dev';
    keys[name] = await newKey(person.client, { name, environment });
  }
  const { client } = person;
  expectStatus(await client.post(`/api/keys/${keys.rotating?.id}/rotate`, {}), 201);
  await client.delete(`/api/keys/${keys.scheduled?.id}?delay_hours=5`);
  await client.delete(`/api/keys/${keys.revoked?.id}`);
  const set = (column: string, name: string) =>
    database.query(`update api_keys set ${column} = created_at where id = $1`, [keys[name]?.id]);
  await Promise.all([set('expires_at', 'expired'), set('quarantined_at', 'quarantined'), set('revoke_at', 'ended')]);
});

describe('listApiKeys', () => {
  it.each([
    ['active', ['rotating', 'active']],
    ['rotating', ['rotating']],
    ['scheduled', ['scheduled']],
    ['expired', ['expired']],
    ['quarantined', ['quarantined']],
    ['revoked', ['ended', 'revoked']],
  ])('with status=%s shows exactly the keys that show that status', async (status, expected) => {
    const page = await list(`?status=${status}`);
    // the successor of the rotating key has its name and is active
    expect(names(page)).toEqual(expected);
    for (const key of page.data) expect(key.status).toBe(status);
  });

  it('shows every key in exactly one status', async () => {
    const all = await list('?limit=100');
    const statuses = ['active', 'rotating', 'scheduled', 'expired', 'quarantined', 'revoked'];
    const pages = await Promise.all(statuses.map((status) => list(`?status=${status}`)));
    const ids = pages.flatMap(({ data }) => data.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(all.data.map(({ id }) => id).toSorted());
    expect(all.data).toHaveLength(8);
  });

  it('never shows a key or a secret', async () => {
    const text = JSON.stringify(await list('?limit=100'));
    for (const key of Object.values(keys)) {
      expect(text).not.toContain(key.key);
      expect(text).not.toContain(key.api_secret);
    }
    expect(text).not.toContain('digest');
  });

  it('filters by environment and by part of the name or hint, in any case, taking % and _ as they are', async () => {
    const odd = await newKey(person.client, { name: 'Billing 100%_sure', environment: 'test' });
    expect(names(await list('?environment=test&limit=100'))).toEqual(['Billing 100%_sure', 'active']);
    expect(names(await list('?q=bILLing'))).toEqual(['Billing 100%_sure']);
    expect(names(await list('?q=%25_'))).toEqual(['Billing 100%_sure']);
    expect(names(await list('?q=_sur'))).toEqual(['Billing 100%_sure']);
    expect(names(await list('?q=%25r'))).toEqual([]);
    expect(names(await list(`?q=${odd.key.slice(-4)}`))).toContain('Billing 100%_sure');
    expect(names(await list(`?q=${odd.key.slice(10, 30)}`))).toEqual([]);
  });

  it('pages newest first, and what is minted meanwhile shifts nothing', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    const total = (await list('?limit=100')).data.length;
    do {
      const page: Page = await list(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
      expect(page.has_more).toBe(cursor !== null);
      await newKey(person.client);
    } while (cursor);
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
    expect(seen).toEqual(seen.toSorted().toReversed());
  });

  it('says that a key is due for rotation after 90 days, unless it has been rotated or has ended', async () => {
    const [due, young, rotated, dead] = await Promise.all([1, 2, 3, 4].map(() => newKey(person.client)));
    await person.client.post(`/api/keys/${rotated?.id}/rotate`, {});
    await person.client.delete(`/api/keys/${dead?.id}`);
    await Promise.all([due, rotated, dead].map((key) => age(key?.id, '90 days')));
    await age(young?.id, '89 days 23 hours');
    const shown = new Map((await list('?limit=100')).data.map((key) => [key.id, key.rotation_due]));
    expect([due, young, rotated, dead].map((key) => shown.get(String(key?.id)))).toEqual([true, false, false, false]);
  });

  it.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=101'],
    ['limit', '?limit=x'],
    ['cursor', '?cursor=nonsense'],
    ['cursor', `?cursor=${'A'.repeat(21)}%3D`],
    ['status', '?status=Active'],
    ['environment', '?environment=live'],
    ['q', '?q='],
    ['owner', '?owner=018cf2b8-3c00-7000-8000-000000000000'],
  ])('refuses %s in %s by name', async (field, query) => {
    const { status, body } = await person.client.get(`/api/keys${query}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
  });
});
