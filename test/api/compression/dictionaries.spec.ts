import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { expectStatus, newKey, newPerson, type Person } from '../../support/people.ts';
import { sendStream } from '../../support/streamed.ts';
import { world } from '../../support/world.ts';

const PATH = '/api/compression/dictionaries';
const NOBODYS = '018cf2b8-3c00-7000-8000-000000000000';

interface DictionaryBody {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly size: number;
  readonly checksum: string;
  readonly sample_count: number;
}

interface Compressed {
  readonly data: string;
  readonly compressed_size: number;
  readonly dictionary_id?: string;
}

/** A record of a log: the same members in each, with values of its own. */
function record(number: number, kind = 'api_key.rotated'): string {
  const next = (factor: number): string => ((number * factor) % 1_000_003).toString(36);
  return JSON.stringify({
    id: next(7919),
    action: kind,
    actor: { type: 'service_account', id: next(104_729), permissions: ['read:compression', 'write:compression'] },
    target: { type: 'api_key', id: next(1_299_709), environment: number % 2 ? 'production' : 'development' },
    outcome: number % 3 ? 'allowed' : 'denied',
  });
}

const samples = Array.from({ length: 200 }, (_, number) => record(number));

let person: Person;
let client: Client;
let dictionary: DictionaryBody;

async function train(by: Client, body: Record<string, unknown> = {}): Promise<DictionaryBody> {
  return expectStatus(await by.post<DictionaryBody>(PATH, { name: 'records', samples, size: 4096, ...body }), 201).body;
}

beforeAll(async () => {
  person = await newPerson();
  client = person.client;
  dictionary = await train(client);
});

describe('POST /api/compression/dictionaries', () => {
  it('201 with what it has become, and counts versions by name', async () => {
    expect(dictionary).toMatchObject({ name: 'records', version: 1, sample_count: 200 });
    expect(dictionary.size).toBeLessThanOrEqual(4096);
    expect(dictionary.checksum).toMatch(/^[0-9a-f]{64}$/);
    const versions = await Promise.all([train(client, { name: 'raced' }), train(client, { name: 'raced' })]);
    expect(new Set(versions.map(({ version }) => version))).toEqual(new Set([1, 2]));
    expect(versions[0]?.checksum).toBe(versions[1]?.checksum);
    expect((await train((await newPerson()).client)).version).toBe(1);
  });

  it('takes samples in base64', async () => {
    const encoded = samples.map((sample) => Buffer.from(sample).toString('base64'));
    const trained = await train(client, { name: 'bytes', samples: encoded, encoding: 'base64' });
    expect(trained.checksum).toBe(dictionary.checksum);
  });

  it.each([
    ['samples', { samples: [] }],
    ['samples', { samples: ['too', 'short'] }],
    ['samples[1]', { samples: ['YQ==', 'not base64'], encoding: 'base64' }],
    ['samples[0]', { samples: ['\ud800', 'b'] }],
    ['samples[0]', { samples: [{ a: 1 }] }],
    ['size', { size: 255 }],
    ['size', { size: 112 * 1024 + 1 }],
    ['name', { name: ' ' }],
    ['sample', { sample: 1 }],
  ])('400 names %s', async (field, change) => {
    const answer = await client.post(PATH, { name: 'bad', samples, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  it('403 without write:compression', async () => {
    const { key } = await newKey(client, { permissions: ['read:compression'] });
    const reader = client.with({ apiKey: key });
    expect((await reader.post(PATH, { name: 'records', samples })).status).toBe(403);
    expect((await reader.delete(`${PATH}/${dictionary.id}`)).status).toBe(403);
    expect((await reader.get(`${PATH}/${dictionary.id}`)).status).toBe(200);
  });
});

describe('GET /api/compression/dictionaries', () => {
  it('lists the owner’s, newest first, and shows each', async () => {
    const owner = (await newPerson()).client;
    const trained = [await train(owner), await train(owner), await train(owner, { name: 'other' })];
    const first = await owner.get<{ data: DictionaryBody[]; next_cursor: string }>(`${PATH}?limit=2`);
    const rest = await owner.get<{ data: DictionaryBody[] }>(`${PATH}?limit=2&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...rest.body.data]).toEqual(trained.toReversed());
    const [one] = trained;
    expect((await owner.get(`${PATH}/${one?.id}`)).body).toEqual(one);
  });

  it.each([NOBODYS, 'not-a-uuid'])('404 for %s', async (id) => {
    const answer = await client.get(`${PATH}/${id}`);
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('COMP_003');
  });

  it('404 for another owner’s, which is as unknown', async () => {
    const stranger = (await newPerson()).client;
    const [own, none] = [await stranger.get(`${PATH}/${dictionary.id}`), await stranger.get(`${PATH}/${NOBODYS}`)];
    expect([own.status, own.body.code, own.body.detail]).toEqual([404, 'COMP_003', none.body.detail]);
  });
});

describe.each(['zstd', 'deflate'])('%s with a dictionary', (algorithm) => {
  const text = record(5_000);
  const compress = (by: Client, fields: Record<string, unknown>) =>
    by.post<Compressed>('/api/compression/compress', { data: text, encoding: 'utf8', algorithm, ...fields });
  const open = (by: Client, data: string, fields: Record<string, unknown>) =>
    by.post<{ data: string; code: string; detail: string }>('/api/compression/decompress', {
      data,
      algorithm,
      encoding: 'utf8',
      ...fields,
    });

  it('halves a record that it has not seen, and gives it back', async () => {
    const plain = expectStatus(await compress(client, {}), 200).body;
    const small = expectStatus(await compress(client, { dictionary_id: dictionary.id }), 200).body;
    expect(small.dictionary_id).toBe(dictionary.id);
    expect(small.compressed_size * 2).toBeLessThanOrEqual(plain.compressed_size);
    expect((await open(client, small.data, { dictionary_id: dictionary.id })).body.data).toBe(text);
    expect((await open(client, plain.data, { dictionary_id: dictionary.id })).body.data).toBe(text);
  });

  it('serves streams, on the other server too', async () => {
    const [baseUrl, otherUrl] = world().servers;
    const { key: apiKey } = await newKey(client);
    const query = `?algorithm=${algorithm}&dictionary_id=${dictionary.id.toUpperCase()}`;
    const bytes = await sendStream({ baseUrl, apiKey, path: `/api/compression/compress${query}` }, Buffer.from(text));
    const back = await sendStream(
      { baseUrl: otherUrl, apiKey, path: `/api/compression/decompress${query}` },
      bytes.body,
    );
    expect(back.body.toString()).toBe(text);
  });

  it('422 with the wrong one or with none, and says that it may be the dictionary', async () => {
    const other = await train(client, {
      name: 'other',
      samples: samples.map((sample) => sample.toUpperCase().split('').toReversed().join('')),
    });
    const { data } = (await compress(client, { dictionary_id: dictionary.id })).body;
    const wrong = await open(client, data, { dictionary_id: other.id });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'COMP_001']);
    expect(wrong.body.detail).toContain('dictionary');
    expect((await open(client, data, {})).status).toBe(422);
  });

  it('404 with another owner’s dictionary', async () => {
    const stranger = (await newPerson()).client;
    const answer = await compress(stranger, { dictionary_id: dictionary.id });
    expect(answer.status).toBe(404);
    expect((answer.body as unknown as { code: string }).code).toBe('COMP_003');
    expect((await open(stranger, 'YQ==', { dictionary_id: dictionary.id })).status).toBe(404);
  });
});

describe('gzip and brotli with a dictionary', () => {
  it.each(['gzip', 'brotli'])('400: %s would not notice a wrong one', async (algorithm) => {
    for (const operation of ['compress', 'decompress']) {
      const answer = await client.post(`/api/compression/${operation}`, {
        data: 'YQ==',
        algorithm,
        dictionary_id: dictionary.id,
      });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([
        { field: 'dictionary_id', message: `is not supported by ${algorithm}; use zstd or deflate` },
      ]);
    }
  });
});

describe('DELETE /api/compression/dictionaries/{id}', () => {
  it('204, the second time too; then it is gone on every server, and its version is not given again', async () => {
    const owner = (await newPerson()).client;
    const there = owner.at(world().servers[1]);
    const { id } = await train(owner);
    const use = (by: Client) => by.post('/api/compression/compress', { data: 1, dictionary_id: id });
    expectStatus(await use(owner), 200);
    expectStatus(await use(there), 200);
    expect((await owner.delete(`${PATH}/${id}`)).status).toBe(204);
    expect((await owner.delete(`${PATH}/${id}`)).status).toBe(204);
    expect((await use(owner)).status).toBe(404);
    await eventually(async () => (await use(there)).status === 404);
    expect((await owner.get(`${PATH}/${id}`)).status).toBe(404);
    expect((await owner.get<{ data: unknown[] }>(PATH)).body.data).toEqual([]);
    expect((await train(owner)).version).toBe(2);
  });

  it('404 for another owner’s, which stays', async () => {
    const stranger = (await newPerson()).client;
    expect((await stranger.delete(`${PATH}/${dictionary.id}`)).status).toBe(404);
    expect((await client.get(`${PATH}/${dictionary.id}`)).status).toBe(200);
  });
});
