import { describe, expect, it } from '@jest/globals';
import { isItemFault, settleEach } from './item-fault.js';

const sqlError = (code: string): Error => Object.assign(new Error(`SQLSTATE ${code}`), { code });

/** A writer that refuses every batch with one of these items in it. */
function refusing(poison: ReadonlySet<number>, code = '22P05') {
  const batches: number[][] = [];
  const write = (items: readonly number[]): Promise<string[]> => {
    batches.push([...items]);
    if (items.some((item) => poison.has(item))) return Promise.reject(sqlError(code));
    return Promise.resolve(items.map((item) => `wrote ${item}`));
  };
  return { batches, write };
}

const ITEMS = Array.from({ length: 1_000 }, (_, item) => item);

describe('settleEach', () => {
  it('writes all together while none is at fault', async () => {
    const { batches, write } = refusing(new Set());
    const settled = await settleEach(ITEMS, write);
    expect(batches).toHaveLength(1);
    expect(settled[7]).toEqual({ status: 'fulfilled', value: 'wrote 7' });
  });

  it.each([[[0]], [[999]], [[500, 501]], [[3, 700, 999]]])(
    'fails those at fault (%j) and no other, each written once, in few statements',
    async (poison) => {
      const { batches, write } = refusing(new Set(poison));
      const settled = await settleEach(ITEMS, write);
      const failed = settled.flatMap(({ status }, item) => (status === 'rejected' ? [item] : []));
      expect(failed).toEqual(poison);
      const written = batches.filter((batch) => !batch.some((item) => poison.includes(item))).flat();
      expect(written).toEqual(ITEMS.filter((item) => !poison.includes(item)));
      expect(batches.length).toBeLessThanOrEqual(1 + 20 * poison.length);
    },
  );

  it.each(['08006', '40001', '40P01', '53300', '57014', '57P01', '42P01', 'SRV_002', 'ECONNRESET'])(
    'does not try again after %s, which no item is to blame for',
    async (code) => {
      const { batches, write } = refusing(new Set([1]), code);
      const settled = await settleEach(ITEMS, write);
      expect(batches).toHaveLength(1);
      expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    },
  );

  it('stops halving when the database goes away meanwhile', async () => {
    let calls = 0;
    const settled = await settleEach(ITEMS, () => Promise.reject(sqlError((calls += 1) === 1 ? '22021' : '57P01')));
    expect(calls).toBe(3);
    expect(settled).toHaveLength(1_000);
  });
});

describe('isItemFault', () => {
  it.each(['22P05', '22021', '22003', '23505', '23503', '54000'])('is told by %s', (code) => {
    expect(isItemFault(sqlError(code))).toBe(true);
  });

  it.each([sqlError('2'), sqlError('22'), new Error('22P05'), null, { code: 23505 }])('is not told by %p', (error) => {
    expect(isItemFault(error)).toBe(false);
  });
});
