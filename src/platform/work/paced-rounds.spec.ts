import { afterEach, describe, expect, it } from '@jest/globals';
import { PacedRounds } from './paced-rounds.js';

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('PacedRounds', () => {
  let rounds: PacedRounds | undefined;
  afterEach(() => rounds?.stop());

  it('goes on after a round that failed, which it reports', async () => {
    const failures: unknown[] = [];
    let count = 0;
    const third = Promise.withResolvers<void>();
    rounds = new PacedRounds(
      1,
      () => {
        count += 1;
        if (count === 3) third.resolve();
        return count === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
      },
      (error) => failures.push(error),
    );
    rounds.start();
    await third.promise;
    expect(failures).toEqual([new Error('once')]);
  });

  it('never does two rounds at once, however long one takes', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const third = Promise.withResolvers<void>();
    rounds = new PacedRounds(
      1,
      async () => {
        running += 1;
        most = Math.max(most, running);
        await pause(10);
        running -= 1;
        done += 1;
        if (done === 3) third.resolve();
      },
      () => undefined,
    );
    rounds.startAtOnce();
    await third.promise;
    expect(most).toBe(1);
  });

  it('stops only after the round under way, which can see it, and begins no other', async () => {
    const entered = Promise.withResolvers<void>();
    const seen: boolean[] = [];
    let count = 0;
    const subject = new PacedRounds(
      1,
      async () => {
        count += 1;
        entered.resolve();
        await pause(20);
        seen.push(subject.isStopped);
      },
      () => undefined,
    );
    subject.startAtOnce();
    await entered.promise;
    await subject.stop();
    expect(seen).toEqual([true]);
    await pause(20);
    expect(count).toBe(1);
  });
});
