import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ServerRun } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { superviseServer } from './supervise-server.js';

const LASTING_MS = 60_000;
/** Longer than every pause. */
const PAUSES_MS = 5_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Servers that end when they are told to, and an opener that fails as often as it is told to. */
async function start() {
  const dies: ((reason: EmbeddedPostgresError) => void)[] = [];
  const state = { failures: 0, releases: 0, lost: [] as number[], restored: 0, givenUp: [] as string[] };
  const opener = {
    open: (): Promise<ServerRun> => {
      if (state.failures > 0) {
        state.failures -= 1;
        return Promise.reject(new Error('no space left'));
      }
      const { promise: ended, resolve } = Promise.withResolvers<EmbeddedPostgresError>();
      dies.push(resolve);
      const stop = (): Promise<void> => Promise.resolve();
      return Promise.resolve({ host: '', port: 1, user: '', dataDirectory: '', owned: true, stop, ended });
    },
    release: () => {
      state.releases += 1;
    },
  };
  const server = await superviseServer(opener, {
    lost: (_reason, _attempt, pauseMs) => state.lost.push(pauseMs),
    restored: () => {
      state.restored += 1;
    },
    givenUp: (reason) => state.givenUp.push(reason.message),
  });
  const die = async (): Promise<void> => {
    dies.at(-1)?.(new EmbeddedPostgresError('killed'));
    await jest.advanceTimersByTimeAsync(PAUSES_MS);
  };
  return { server, state, die };
}

describe('superviseServer', () => {
  it('pauses twice as long before each further attempt, and holds on to the directory meanwhile', async () => {
    const { state, die } = await start();
    state.failures = 3;
    await die();
    expect(state).toMatchObject({ lost: [250, 500, 1000, 2000], restored: 1, givenUp: [], releases: 0 });
  });

  it('gives up once after five attempts, for the last reason, and lets the directory go', async () => {
    const { state, die } = await start();
    state.failures = 99;
    await die();
    await die();
    expect(state.lost).toHaveLength(5);
    expect(state.givenUp).toEqual(['The embedded PostgreSQL cannot be started again: no space left']);
    expect(state).toMatchObject({ restored: 0, releases: 1, failures: 94 });
  });

  it('counts a server that soon dies again as no success', async () => {
    const { state, die } = await start();
    for (let time = 1; time <= 6; time += 1) await die();
    expect(state).toMatchObject({ restored: 5, givenUp: ['killed'] });
  });

  it('begins to count anew after a server that has lasted', async () => {
    const { state, die } = await start();
    for (let time = 1; time <= 5; time += 1) await die();
    await jest.advanceTimersByTimeAsync(LASTING_MS);
    for (let time = 1; time <= 5; time += 1) await die();
    expect(state).toMatchObject({ restored: 10, givenUp: [] });
    await die();
    expect(state.givenUp).toEqual(['killed']);
  });

  it('starts nothing any more once it is stopped', async () => {
    const { server, state, die } = await start();
    await server.stop();
    await die();
    expect(state).toMatchObject({ lost: [], restored: 0, givenUp: [], releases: 1 });
  });
});
