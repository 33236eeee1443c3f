import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.ts';
import { newKey, newPerson } from '../../support/people.ts';

const PATH = '/api/compression/analyze';

interface Choice {
  readonly algorithm: string;
  readonly level: number;
}

interface AnalysisBody {
  readonly original_size: number;
  readonly analyzed_size: number;
  readonly results: readonly (Choice & { compressed_size: number; ratio: number; duration_ms: number })[];
  readonly recommended: { readonly fast: Choice; readonly balanced: Choice; readonly small: Choice };
}

let client: Client;
beforeAll(async () => {
  client = (await newPerson()).client;
});

function lines(count: number): string {
  return Array.from({ length: count }, (_, number) => `{"number":${number},"square":${number * number}}\n`).join('');
}

describe('POST /api/compression/analyze', () => {
  it('gives a line for every algorithm and level, each as compress itself would have it', async () => {
    const data = lines(300);
    const { status, body } = await client.post<AnalysisBody>(PATH, { data, encoding: 'utf8' });
    expect(status).toBe(200);
    expect(
      Object.entries(Object.groupBy(body.results, (line) => line.algorithm)).map(([name, own]) => [name, own?.length]),
    ).toEqual([
      ['zstd', 19],
      ['brotli', 12],
      ['gzip', 9],
      ['deflate', 9],
    ]);
    expect(body.analyzed_size).toBe(Buffer.byteLength(data));
    for (const line of body.results.filter(({ level }) => level === 6)) {
      const { algorithm, level } = line;
      const compressed = await client.post<{ compressed_size: number; ratio: number }>('/api/compression/compress', {
        data,
        encoding: 'utf8',
        algorithm,
        level,
      });
      expect(line).toMatchObject({ compressed_size: compressed.body.compressed_size, ratio: compressed.body.ratio });
      expect(line.duration_ms).toBeGreaterThan(0);
    }
  });

  it('recommends what it has tried, and as small what nothing is smaller than', async () => {
    const { results, recommended } = (await client.post<AnalysisBody>(PATH, { data: { text: lines(500) } })).body;
    const lineOf = ({ algorithm, level }: Choice) =>
      results.find((line) => line.algorithm === algorithm && line.level === level);
    const sizes = results.map((line) => line.compressed_size);
    expect(lineOf(recommended.small)?.compressed_size).toBe(Math.min(...sizes));
    expect(lineOf(recommended.fast)?.duration_ms).toBeLessThanOrEqual(lineOf(recommended.small)?.duration_ms ?? 0);
    expect(lineOf(recommended.balanced)).toBeDefined();
  });

  it('tries the beginning of a large sample', async () => {
    const sample = Buffer.from(lines(20_000));
    const { body } = await client.post<AnalysisBody>(PATH, { sample: sample.toString('base64') });
    expect(body).toMatchObject({ original_size: sample.length, analyzed_size: 256 * 1024 });
  });

  it('is not counted as an operation', async () => {
    expect((await client.get('/api/compression/stats')).body).toHaveProperty('operations');
    const stranger = (await newPerson()).client;
    await stranger.post(PATH, { data: 1 });
    expect((await stranger.get('/api/compression/stats')).body).toMatchObject({ operations: 0 });
  });

  it.each([
    ['data', {}],
    ['data', { data: 1, sample: 'YQ==' }],
    ['sample', { sample: 'not base64' }],
    ['encoding', { sample: 'YQ==', encoding: 'utf8' }],
    ['data', { data: 1, encoding: 'base64' }],
    ['level', { data: 1, level: 3 }],
  ])('400 names %s in %j', async (field, body) => {
    const answer = await client.post(PATH, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  it('403 without write:compression', async () => {
    const { key } = await newKey(client, { permissions: ['read:compression'] });
    expect((await client.with({ apiKey: key }).post(PATH, { data: 1 })).status).toBe(403);
  });
});
