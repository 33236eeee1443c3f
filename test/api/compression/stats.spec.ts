import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { expectStatus, type MintedKey, newKey, newPerson } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { sendStream } from '../../support/streamed.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2030, 0, 29, 22, 30);
const ALGORITHMS = ['zstd', 'brotli', 'gzip', 'deflate'] as const;

interface Totals {
  readonly operations: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly ratio: number | null;
  readonly saved_bytes: number;
}

interface StatsBody extends Totals {
  readonly from: string | null;
  readonly to: string | null;
  readonly by_algorithm: readonly (Totals & { algorithm: string })[];
  readonly groups?: readonly (Totals & { algorithm?: string; credential_id?: string; time?: string })[];
}

/** What one answer said. */
interface Reply {
  readonly algorithm: string;
  readonly keyId: string;
  readonly timeMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly original: number;
  readonly compressed: number;
}

let database: TestDatabase;
let server: TestServer;
let owner: Client;
const replies: Reply[] = [];

/** Numbers that are the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function sumOf(own: readonly Reply[]): Totals {
  const sum = (of: (reply: Reply) => number): number => own.reduce((total, reply) => total + of(reply), 0);
  const [original, compressed] = [sum((reply) => reply.original), sum((reply) => reply.compressed)];
  return {
    operations: own.length,
    bytes_in: sum((reply) => reply.bytesIn),
    bytes_out: sum((reply) => reply.bytesOut),
    ratio: compressed === 0 ? null : Math.round((original / compressed) * 1000) / 1000,
    saved_bytes: original - compressed,
  };
}

function between(from: number, to: number): Reply[] {
  return replies.filter(({ timeMs }) => timeMs >= from && timeMs < to);
}

async function stats(query = ''): Promise<StatsBody> {
  return expectStatus(await owner.get<StatsBody>(`/api/compression/stats${query}`), 200).body;
}

/** A few hundred operations of two keys in both forms and directions, spread over a month's end. */
async function work(keys: readonly MintedKey[]): Promise<void> {
  const random = seeded(20_260_101);
  let timeMs = await server.setClock(START);
  for (let turn = 0; turn < 60; turn += 1) {
    if (random(4) === 0) timeMs = await server.advanceClock(random(30) * HOUR_MS);
    const { id: keyId, key: apiKey } = keys[random(2)] ?? keys[0] ?? { id: '', key: '' };
    const algorithm = ALGORITHMS[random(4)] ?? 'zstd';
    const text = 'word '.repeat(1 + random(400)) + random(1_000_000);
    const client = owner.with({ apiKey });
    const data = Buffer.from(text);
    const named = { algorithm, keyId, timeMs };
    if (random(2) === 0) {
      const path = `/api/compression/compress?algorithm=${algorithm}`;
      const { body } = await sendStream({ baseUrl: server.url, path, apiKey }, data);
      const back = await sendStream(
        { baseUrl: server.url, path: path.replace('/compress?', '/decompress?'), apiKey },
        body,
      );
      const sizes = { original: data.length, compressed: body.length };
      replies.push({ ...named, ...sizes, bytesIn: data.length, bytesOut: body.length });
      replies.push({ ...named, ...sizes, bytesIn: body.length, bytesOut: back.body.length });
    } else {
      const { body } = await client.post<{ original_size: number; compressed_size: number }>(
        '/api/compression/compress',
        {
          data: text,
          algorithm,
        },
      );
      const [original, compressed] = [body.original_size, body.compressed_size];
      replies.push({ ...named, original, compressed, bytesIn: original, bytesOut: compressed });
    }
  }
}

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  const { client } = await newPerson(server.url);
  const keys = [await newKey(client), await newKey(client)];
  // sessions end before the clock has moved on, keys do not
  owner = client.with({ apiKey: (await newKey(client)).key });
  await work(keys);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

describe('GET /api/compression/stats', () => {
  it('equals the sum of the answers, in total and by algorithm', async () => {
    const { by_algorithm: byAlgorithm, groups, ...totals } = await stats();
    expect(totals).toEqual({ from: null, to: null, ...sumOf(replies) });
    expect(replies.length).toBeGreaterThan(60);
    expect(groups).toBeUndefined();
    expect(byAlgorithm).toEqual(
      ALGORITHMS.map((algorithm) => ({
        algorithm,
        ...sumOf(replies.filter((reply) => reply.algorithm === algorithm)),
      })),
    );
  });

  it('groups by algorithm and by key, and the groups add up', async () => {
    for (const [grouping, name] of [
      ['algorithm', 'algorithm'],
      ['key', 'credential_id'],
    ] as const) {
      const { groups = [] } = await stats(`?group_by=${grouping}`);
      const expected = Map.groupBy(replies, (reply) => (grouping === 'key' ? reply.keyId : reply.algorithm));
      expect(groups).toHaveLength(expected.size);
      for (const group of groups) {
        expect(group).toEqual({ [name]: group[name], ...sumOf(expected.get(group[name] ?? '') ?? []) });
      }
    }
  });

  it.each([
    ['hour', 13],
    ['day', 10],
    ['month', 7],
  ])('groups by %s in UTC, in order', async (interval, length) => {
    const { groups = [] } = await stats(`?group_by=time&interval=${interval}`);
    const expected = Map.groupBy(replies, ({ timeMs }) => new Date(timeMs).toISOString().slice(0, length));
    expect(groups.map(({ time }) => time?.slice(0, length))).toEqual([...expected.keys()].toSorted());
    expect(expected.size).toBeGreaterThan(1);
    for (const { time = '', ...group } of groups)
      expect(group).toEqual(sumOf(expected.get(time.slice(0, length)) ?? []));
  });

  it('counts whole hours from and to a time, and says which', async () => {
    const times = [...new Set(replies.map(({ timeMs }) => timeMs))];
    const [first, middle] = [times[0] ?? 0, times[Math.floor(times.length / 2)] ?? 0];
    const print = (ms: number): string => new Date(ms).toISOString();
    const hour = Math.floor(middle / HOUR_MS) * HOUR_MS;
    const later = await stats(`?from=${print(middle)}`);
    expect(later).toMatchObject({ from: print(hour).replace('.000', ''), to: null, ...sumOf(between(hour, Infinity)) });
    const earlier = await stats(`?from=${print(first)}&to=${print(middle)}`);
    expect(earlier).toMatchObject({
      to: print(hour + HOUR_MS).replace('.000', ''),
      ...sumOf(between(0, hour + HOUR_MS)),
    });
    expect(await stats(`?to=${print(hour)}`)).toMatchObject(sumOf(between(0, hour)));
    expect((await stats(`?to=${print(START - HOUR_MS)}`)).operations).toBe(0);
  });

  it('prints a table as CSV', async () => {
    const answer = await owner.get('/api/compression/stats?group_by=algorithm&format=csv');
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const [head, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(head).toBe('algorithm,operations,bytes_in,bytes_out,ratio,saved_bytes');
    expect(lines).toEqual(
      ALGORITHMS.toSorted().map((algorithm) => {
        const sum = sumOf(replies.filter((reply) => reply.algorithm === algorithm));
        return [algorithm, sum.operations, sum.bytes_in, sum.bytes_out, sum.ratio, sum.saved_bytes].join(',');
      }),
    );
    const totals = await owner.get('/api/compression/stats?format=csv');
    expect(totals.text.split('\r\n')[1]).toContain(String(sumOf(replies).bytes_in));
  });

  it.each([
    ['from', '?from=yesterday'],
    ['to', '?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z'],
    ['interval', '?interval=day'],
    ['interval', '?group_by=time&interval=week'],
    ['group_by', '?group_by=owner'],
    ['format', '?format=xml'],
    ['since', '?since=1'],
  ])('400 names %s in %s', async (field, query) => {
    const answer = await owner.get(`/api/compression/stats${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  it('shows nothing of anybody else', async () => {
    await server.setClock(Date.now());
    const stranger = (await newPerson(server.url)).client;
    const { body } = await stranger.get<StatsBody>('/api/compression/stats?group_by=key');
    expect(body).toMatchObject({ operations: 0, ratio: null, by_algorithm: [], groups: [] });
  });

  it('loses nothing when the server ends in order', async () => {
    await owner.post('/api/compression/compress', { data: 'the last one' });
    await server.stop();
    const [row] = await database.query<{ operations: string }>(
      'select sum(operations) as operations from compression_usage',
    );
    expect(Number(row?.operations)).toBe(replies.length + 1);
  });
});
