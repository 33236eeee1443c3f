import { describe, expect, it } from '@jest/globals';
import { keyStatus } from '../support/key-status.ts';
import { expectStatus, newKey, newPerson } from '../support/people.ts';
import { until } from '../support/until.ts';
import { world } from '../support/world.ts';

/**
 * The promise that holds on any machine: the cache is trusted for two seconds after a heartbeat was sent. How many
 * milliseconds it takes on a given one is what the benchmark `access-revocation` tells.
 */
const PROMISED_MS = 2_000;

describe('a key that one process revokes', () => {
  it('is refused by the other within the time that is promised, with 1,000 requests in flight', async () => {
    const [one, other] = world().servers;
    const { client } = await newPerson(one);
    const key = await newKey(client);
    const outcomes: { startedAt: number; status: number }[] = [];
    let promisedAt = Infinity;
    // each ends with a request that starts when the promise must hold
    const clients = Array.from({ length: 1_000 }, async () => {
      let startedAt: number;
      do {
        startedAt = performance.now();
        outcomes.push({ startedAt, status: await keyStatus({ url: other }, key) });
      } while (startedAt <= promisedAt);
    });
    await until(() => outcomes.length > 1_000, 15_000);
    expectStatus(await client.delete(`/api/keys/${key.id}`), 204);
    promisedAt = performance.now() + PROMISED_MS;
    await Promise.all(clients);
    const late = outcomes.filter(({ startedAt }) => startedAt > promisedAt);
    expect(outcomes.filter(({ status }) => status === 200).length).toBeGreaterThan(1_000);
    expect(late).toHaveLength(1_000);
    expect(late.filter(({ status }) => status !== 401)).toEqual([]);
  }, 40_000);
});
