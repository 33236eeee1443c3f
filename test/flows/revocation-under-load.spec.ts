import { describe, expect, it, jest } from '@jest/globals';
import { keyStatus } from '../support/key-status.ts';
import { expectStatus, newKey, newPerson } from '../support/people.ts';
import { until } from '../support/until.ts';
import { world } from '../support/world.ts';

// a promise of milliseconds, on a machine that may have just given both processors to somebody else
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describe('a key that one process revokes', () => {
  it('is refused by the other within 100 ms of the answer, with 1,000 requests in flight', async () => {
    const [one, other] = world().servers;
    const { client } = await newPerson(one);
    const key = await newKey(client);
    const outcomes: { startedAt: number; status: number }[] = [];
    let endAt = Infinity;
    const clients = Array.from({ length: 1_000 }, async () => {
      while (performance.now() < endAt) {
        const startedAt = performance.now();
        outcomes.push({ startedAt, status: await keyStatus({ url: other }, key) });
      }
    });
    await until(() => outcomes.length > 1_000, 15_000);
    expectStatus(await client.delete(`/api/keys/${key.id}`), 204);
    const answeredAt = performance.now();
    endAt = answeredAt + 500;
    await Promise.all(clients);
    const late = outcomes.filter(({ startedAt }) => startedAt > answeredAt + 100);
    expect(outcomes.filter(({ status }) => status === 200).length).toBeGreaterThan(1_000);
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter(({ status }) => status !== 401)).toEqual([]);
  }, 40_000);
});
