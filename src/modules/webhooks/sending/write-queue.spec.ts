import { describe, expect, it } from '@jest/globals';
import { WriteQueue } from './write-queue.js';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('WriteQueue', () => {
  it('writes at once what came while another writing was under way, and gives each its own output', async () => {
    const writings: number[][] = [];
    const queue = new WriteQueue<number, string>(
      async (inputs) => {
        writings.push([...inputs]);
        await turnOfTheLoop();
        return inputs.map((input) => `written ${input}`);
      },
      () => undefined,
    );
    const first = queue.add(1);
    await Promise.resolve().then(() => undefined);
    const others = [queue.add(2), queue.add(3)];
    expect(await Promise.all([first, ...others])).toEqual(['written 1', 'written 2', 'written 3']);
    expect(writings).toEqual([[1], [2, 3]]);
  });

  it('writes again at the next wake-up what could not be written', async () => {
    const errors: unknown[] = [];
    let isBroken = true;
    const queue = new WriteQueue<number, number>(
      async (inputs) => {
        if (isBroken) throw new Error('no database');
        return inputs;
      },
      (error) => errors.push(error),
    );
    let output: number | null | undefined;
    const written = queue.add(7).then((result) => (output = result));
    await turnOfTheLoop();
    expect(output).toBeUndefined();
    expect(errors).toHaveLength(1);
    isBroken = false;
    queue.wake();
    expect(await written).toBe(7);
  });

  it('gives up alone what the database refuses, and writes the others and what came meanwhile', async () => {
    const errors: unknown[] = [];
    const queue = new WriteQueue<number, number>(
      async (inputs) => {
        await turnOfTheLoop();
        if (inputs.includes(2)) throw Object.assign(new Error('no such character'), { code: '22P05' });
        return inputs;
      },
      (error) => errors.push(error),
    );
    const first = Promise.all([queue.add(1), queue.add(2), queue.add(3)]);
    await turnOfTheLoop();
    const later = queue.add(4);
    expect(await first).toEqual([1, null, 3]);
    expect(await later).toBe(4);
    expect(errors).toHaveLength(1);
  });

  // a process that is stopped while its database is gone would otherwise never end
  it.each([
    ['failed before', true],
    ['fails after', false],
  ])('gives up what %s the process began to stop', async (_name, isAddedBefore) => {
    const queue = new WriteQueue<number, number>(
      async () => {
        throw new Error('no database');
      },
      () => undefined,
    );
    const early = isAddedBefore ? queue.add(1) : null;
    await turnOfTheLoop();
    queue.prepareToStop();
    expect(await (early ?? queue.add(1))).toBeNull();
    await queue.stop();
  });
});
