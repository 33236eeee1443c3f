import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';

interface CustomEvent {
  readonly id: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
  readonly credential_id: string;
  readonly occurred_at: string;
}

interface Page {
  readonly data: readonly CustomEvent[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

const PATH = '/api/analytics/events';
let person: Person;

beforeAll(async () => {
  person = await newPerson();
});

describe('a custom event', () => {
  it('is stored as it was reported, with the credential that reported it', async () => {
    const key = await newKey(person.client, { permissions: ['write:analytics'] });
    const occurredAt = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000).toISOString().replace('.000', '');
    const properties = { pages: 12, format: 'pdf', paid: true, coupon: null };
    const answer = await person.client
      .with({ apiKey: key.key })
      .post<CustomEvent>(PATH, { name: 'report.exported', properties, occurred_at: occurredAt });
    expect(expectStatus(answer, 201).body).toMatchObject({
      name: 'report.exported',
      properties,
      credential_id: key.id,
      occurred_at: occurredAt,
    });
    const { body } = await person.client.get<Page>(`${PATH}?name=report.exported`);
    expect(body.data).toEqual([answer.body]);
  });

  it('is listed newest first, in pages, to its owner only', async () => {
    const owner = await newPerson();
    for (const name of ['a', 'b', 'c']) expectStatus(await owner.client.post(PATH, { name }), 201);
    const first = (await owner.client.get<Page>(`${PATH}?limit=2`)).body;
    expect(first.data.map(({ name }) => name)).toEqual(['c', 'b']);
    const second = (await owner.client.get<Page>(`${PATH}?limit=2&cursor=${first.next_cursor}`)).body;
    expect(second.data.map(({ name }) => name)).toEqual(['a']);
    expect((await person.client.get<Page>(`${PATH}?name=a`)).body.data).toEqual([]);
  });

  it('is stored once when the request is repeated with its Idempotency-Key', async () => {
    const owner = await newPerson();
    const headers = { 'idempotency-key': 'once' };
    const answers = [
      await owner.client.post<CustomEvent>(PATH, { name: 'x' }, { headers }),
      await owner.client.post<CustomEvent>(PATH, { name: 'x' }, { headers }),
    ];
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect((await owner.client.get<Page>(PATH)).body.data).toHaveLength(1);
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: '=cmd' }, 'name'],
    [{ name: 'x', properties: { nested: {} } }, 'properties.nested'],
    [{ name: 'x', properties: { long: 'y'.repeat(1_025) } }, 'properties.long'],
    [{ name: 'x', properties: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`p${n}`, 1])) }, 'properties'],
    [{ name: 'x', occurred_at: '2020-01-01T00:00:00Z' }, 'occurred_at'],
    [{ name: 'x', occurred_at: '2990-01-01T00:00:00Z' }, 'occurred_at'],
    [{ name: 'x', owner_id: '018cf2b8-3c00-7000-8000-000000000000' }, 'owner_id'],
  ])('%j is refused for %s', async (body, field) => {
    const answer = await person.client.post(PATH, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQ_001', errors: [{ field }] } });
  });
});
