import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Database } from '../../../platform/database/index.js';
import { type DomainEvent, EventDemand, type Outbox } from '../../../platform/events/index.js';
import { createLog } from '../../../platform/log/index.js';
import { CompletionFeed } from './completion-feed.js';

const NOW = Date.UTC(2030, 0, 1);
const DONE = { operation: 'compress', algorithm: 'zstd', bytesIn: 10, bytesOut: 5 } as const;

function caller(userId: string): Principal {
  return { userId, credentialId: `key of ${userId}` } as Principal;
}

function world() {
  const recorded: DomainEvent[] = [];
  const state = { isDown: false, transactions: 0 };
  const database = {
    transaction: async (work: (em: unknown) => Promise<void>) => {
      state.transactions += 1;
      if (state.isDown) throw new Error('down');
      await work(null);
    },
  } as unknown as Database;
  const outbox = { record: (_em: unknown, event: DomainEvent) => recorded.push(event) } as unknown as Outbox;
  const demand = new EventDemand();
  const events = new CompletionFeed(demand, outbox, database, createLog('silent'));
  return { events, demand, recorded, state };
}

describe('compression.completed', () => {
  it('is not made for nobody', async () => {
    const { events, recorded, state } = world();
    events.add(caller('a'), DONE, NOW);
    await events.flush();
    expect(recorded).toEqual([]);
    expect(state.transactions).toBe(0);
  });

  it('is one event an owner for all that has happened, for owners to whom somebody listens', async () => {
    const { events, demand, recorded } = world();
    demand.register((ownerId, type) => ownerId !== 'c' && type === 'compression.completed');
    for (const owner of ['a', 'b', 'c', 'a']) events.add(caller(owner), DONE, NOW);
    await events.flush();
    expect(recorded.map(({ type, ownerId }) => [type, ownerId])).toEqual([
      ['compression.completed', 'a'],
      ['compression.completed', 'b'],
    ]);
    const told = {
      operation: 'compress',
      algorithm: 'zstd',
      bytes_in: 10,
      bytes_out: 5,
      credential_id: 'key of a',
      completed_at: '2030-01-01T00:00:00Z',
    };
    expect(recorded[0]?.data).toEqual({ operations: [told, told] });
    await events.flush();
    expect(recorded).toHaveLength(2);
  });

  it('tells of at most a hundred operations an event, and of each once', async () => {
    const { events, demand, recorded } = world();
    demand.register(() => true);
    for (let number = 0; number < 250; number += 1) events.add(caller('a'), { ...DONE, bytesIn: number }, NOW);
    await events.flush();
    const told = recorded.map(({ data }) => data['operations'] as { bytes_in: number }[]);
    expect(told.map((operations) => operations.length)).toEqual([100, 100, 50]);
    expect(told.flat().map((operation) => operation.bytes_in)).toEqual(Array.from({ length: 250 }, (_, n) => n));
  });

  it('is kept while the database is away', async () => {
    const { events, demand, recorded, state } = world();
    demand.register(() => true);
    state.isDown = true;
    events.add(caller('a'), DONE, NOW);
    await events.flush();
    state.isDown = false;
    events.add(caller('a'), { ...DONE, bytesIn: 20 }, NOW);
    await events.flush();
    expect(recorded).toHaveLength(1);
    expect(recorded[0]?.data).toMatchObject({ operations: [{ bytes_in: 10 }, { bytes_in: 20 }] });
  });
});
