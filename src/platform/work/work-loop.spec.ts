import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { WorkLoop } from './work-loop.js';

function fail(error: unknown): never {
  throw error;
}

describe('WorkLoop', () => {
  it('goes on while there is more to do, and then rests', async () => {
    let left = 3;
    const loop = new WorkLoop(async () => --left > 0, fail);
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).toBe(0);
  });

  // what was recorded between the reading of a round and its end would otherwise wait for the next poll
  it('runs another round for a wake-up that came during one, and never two at once', async () => {
    let rounds = 0;
    let atOnce = 0;
    const loop = new WorkLoop(async () => {
      expect(++atOnce).toBe(1);
      if (++rounds === 1) loop.wake();
      await Promise.resolve();
      atOnce--;
      return false;
    }, fail);
    loop.wake();
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(2);
  });

  it('survives a step that fails, and works at the next wake-up', async () => {
    const errors: unknown[] = [];
    let rounds = 0;
    const loop = new WorkLoop(
      async () => {
        if (++rounds === 1) throw new Error('broken');
        return false;
      },
      (error) => errors.push(error),
    );
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(2);
    expect(errors).toHaveLength(1);
  });

  it('lets the step under way end when it is stopped, and begins no other', async () => {
    const step = Promise.withResolvers<boolean>();
    let rounds = 0;
    const loop = new WorkLoop(() => {
      rounds++;
      return step.promise;
    }, fail);
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = loop.stop();
    step.resolve(true);
    await stopped;
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(1);
  });

  it('does not run in the context of whoever wakes it', async () => {
    const context = new AsyncLocalStorage<string>();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const loop = new WorkLoop(async () => {
      resolve(context.getStore());
      return false;
    }, fail);
    context.run('a request', () => loop.wake());
    expect(await promise).toBeUndefined();
  });
});
