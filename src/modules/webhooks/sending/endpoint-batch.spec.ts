import { describe, expect, it } from '@jest/globals';
import {
  type ClaimedDelivery,
  type ClaimedEndpoint,
  DELIVERIES_MAX,
  EndpointBatch,
  type RefillRequest,
} from './endpoint-batch.js';
import { type Receipt, judgeAnswer } from './judge-answer.js';

const HEALTH = { consecutiveFailures: 0, failingSince: null, pausedUntil: null, disabled: null };

function deliveries(first: number, count: number): ClaimedDelivery[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `event ${first + index}`,
    type: 'api_key.updated',
    occurredAt: new Date(0),
    data: {},
    requestId: null,
    deliveryId: `delivery ${first + index}`,
    sequence: first + index,
    attempt: 1,
    failures: 0,
  }));
}

function endpoint(count: number): ClaimedEndpoint {
  return {
    id: 'endpoint',
    ownerId: 'owner',
    url: 'https://hooks.example.com/',
    secretSealed: '',
    previousSecretSealed: null,
    previousSecretExpiresAt: null,
    health: HEALTH,
    deliveries: deliveries(1, count),
  };
}

function delivered(delivery: ClaimedDelivery): Receipt {
  const answer = {
    outcome: 'delivered',
    httpStatus: 200,
    retryAfter: undefined,
    responseExcerpt: null,
    error: null,
    latencyMs: 1,
  } as const;
  return judgeAnswer(delivery, answer, 0, 0, 0);
}

/** Sends all that a batch gives. @returns the sequence numbers */
async function sendAll(batch: EndpointBatch): Promise<number[]> {
  const sent: number[] = [];
  for (let next = await batch.next(); next; next = await batch.next()) {
    sent.push(next.sequence);
    batch.record(delivered(next));
  }
  return sent;
}

describe('EndpointTurn', () => {
  it('claims nothing more when its first claim found all that was due', async () => {
    const requests: RefillRequest[] = [];
    const batch = new EndpointBatch(endpoint(3), async (request) => {
      requests.push(request);
      return [];
    });
    expect(await sendAll(batch)).toEqual([1, 2, 3]);
    expect(requests).toEqual([]);
    const { receipts, returned } = await batch.end(HEALTH);
    expect(receipts).toHaveLength(3);
    expect(returned).toEqual([]);
  });

  it('goes on in order with what is claimed meanwhile, and writes each receipt once', async () => {
    const written: string[] = [];
    let last = DELIVERIES_MAX;
    const batch = new EndpointBatch(endpoint(DELIVERIES_MAX), async ({ receipts }) => {
      written.push(...receipts.map(({ deliveryId }) => deliveryId));
      const more = deliveries(last + 1, last < 3 * DELIVERIES_MAX ? DELIVERIES_MAX : 5);
      last += more.length;
      return more;
    });
    const all = 3 * DELIVERIES_MAX + 5;
    expect(await sendAll(batch)).toEqual(Array.from({ length: all }, (_, index) => index + 1));
    const { receipts } = await batch.end(HEALTH);
    written.push(...receipts.map(({ deliveryId }) => deliveryId));
    expect(new Set(written).size).toBe(all);
    expect(written).toHaveLength(all);
  });

  // a delivery that is claimed a second time while it is under way would be sent twice, and out of order
  it('tells of every delivery that it holds, the one under way included', async () => {
    let held: readonly string[] = [];
    const batch = new EndpointBatch(endpoint(DELIVERIES_MAX), async (request) => {
      held = request.held;
      return [];
    });
    expect(await sendAll(batch)).toHaveLength(DELIVERIES_MAX);
    expect(new Set(held)).toEqual(new Set(deliveries(1, DELIVERIES_MAX).map(({ deliveryId }) => deliveryId)));
  });

  it('keeps its receipts when they could not be written because the process stops', async () => {
    const batch = new EndpointBatch(endpoint(DELIVERIES_MAX), async () => null);
    expect(await sendAll(batch)).toHaveLength(DELIVERIES_MAX);
    expect((await batch.end(HEALTH)).receipts).toHaveLength(DELIVERIES_MAX);
  });

  it('gives back what it was given while it was ending', async () => {
    const claim = Promise.withResolvers<ClaimedDelivery[]>();
    const batch = new EndpointBatch(endpoint(DELIVERIES_MAX), () => claim.promise);
    for (let sent = 0; sent < DELIVERIES_MAX; sent++) {
      const next = await batch.next();
      if (next) batch.record(delivered(next));
    }
    const ended = batch.end(HEALTH);
    claim.resolve(deliveries(DELIVERIES_MAX + 1, 2));
    expect((await ended).returned.map(({ attempt, deliveryId }) => [deliveryId, attempt])).toEqual([
      [`delivery ${DELIVERIES_MAX + 1}`, 1],
      [`delivery ${DELIVERIES_MAX + 2}`, 1],
    ]);
  });
});
