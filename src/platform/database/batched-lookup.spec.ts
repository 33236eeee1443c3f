import { describe, expect, it } from '@jest/globals';
import { BatchedLookup } from './batched-lookup.js';

interface Row {
  readonly name: string;
}

function lookupIn(names: readonly string[]): { lookup: BatchedLookup<Row>; asked: string[][] } {
  const asked: string[][] = [];
  const lookup = new BatchedLookup<Row>(
    (keys) => {
      asked.push([...keys]);
      return Promise.resolve(names.filter((name) => keys.includes(name)).map((name) => ({ name })));
    },
    ({ name }) => name,
  );
  return { lookup, asked };
}

describe('BatchedLookup', () => {
  it('asks once for what is wanted in one turn, and gives each its own', async () => {
    const { lookup, asked } = lookupIn(['c', 'a']);
    const found = await Promise.all(['a', 'b', 'c', 'a'].map((key) => lookup.find(key)));
    expect(found).toEqual([{ name: 'a' }, null, { name: 'c' }, { name: 'a' }]);
    expect(asked).toEqual([['a', 'b', 'c']]);
  });

  it('asks anew for what is wanted later: it remembers nothing', async () => {
    const { lookup, asked } = lookupIn(['a']);
    await lookup.find('a');
    await lookup.find('a');
    expect(asked).toEqual([['a'], ['a']]);
  });

  it('gives no lookup an answer that was asked for before it', async () => {
    let isThere = true;
    const answers: (() => void)[] = [];
    const lookup = new BatchedLookup<Row>(
      () => {
        const rows = isThere ? [{ name: 'a' }] : [];
        return new Promise((resolve) => answers.push(() => resolve(rows)));
      },
      ({ name }) => name,
    );
    const before = lookup.find('a');
    await new Promise(setImmediate);
    isThere = false;
    const after = lookup.find('a');
    await new Promise(setImmediate);
    for (const answer of answers) answer();
    expect(await Promise.all([before, after])).toEqual([{ name: 'a' }, null]);
  });

  it('splits what is too much for one query', async () => {
    const { lookup, asked } = lookupIn(['600']);
    const keys = Array.from({ length: 601 }, (_, index) => String(index));
    const found = await Promise.all(keys.map((key) => lookup.find(key)));
    expect(found.filter((row) => row !== null)).toEqual([{ name: '600' }]);
    expect(asked.map(({ length }) => length)).toEqual([256, 256, 89]);
  });

  it('fails every lookup of a query that fails, and none of the next', async () => {
    let failures = 1;
    const lookup = new BatchedLookup<Row>(
      (keys) => (failures-- > 0 ? Promise.reject(new Error('gone')) : Promise.resolve(keys.map((name) => ({ name })))),
      ({ name }) => name,
    );
    const results = await Promise.allSettled([lookup.find('a'), lookup.find('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await lookup.find('a')).toEqual({ name: 'a' });
  });

  it('fails a key that the database refuses alone', async () => {
    const lookup = new BatchedLookup<Row>(
      async (keys) => {
        if (keys.includes('b')) throw Object.assign(new Error('no such character'), { code: '22021' });
        return keys.filter((key) => key !== 'c').map((name) => ({ name }));
      },
      ({ name }) => name,
    );
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((key) => lookup.find(key)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results.map((result) => 'value' in result && result.value)).toEqual([
      { name: 'a' },
      false,
      null,
      { name: 'd' },
    ]);
  });
});
