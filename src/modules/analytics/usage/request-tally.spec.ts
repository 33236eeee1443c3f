import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { parseAddress } from '../../../kernel/net/address.js';
import type { FinishedRequest } from '../../../platform/telemetry/index.js';
import {
  type Count,
  countRequest,
  type Dimension,
  DIMENSIONS,
  emptyTally,
  mergeTally,
  type RequestTally,
} from './request-tally.js';

const PRINCIPAL = { userId: 'owner', credentialId: 'key', kind: 'api_key' } as FinishedRequest['principal'];

function finished(fields: Partial<FinishedRequest> = {}): FinishedRequest {
  const address = parseAddress('203.0.113.7');
  return { principal: PRINCIPAL, route: 'GET /api/keys', status: 200, refusal: null, address, ...fields };
}

function tallyOf(...requests: FinishedRequest[]): RequestTally {
  const tally = emptyTally(finished(), 0);
  for (const request of requests) countRequest(tally, request);
  return tally;
}

function sum(tally: RequestTally, dimension: Dimension, of: keyof Count = 'requests'): number {
  return [...tally.counts[dimension].values()].reduce((all, count) => all + count[of], 0);
}

const anyRequest = record({
  route: constantFrom('GET /api/keys', 'POST /api/keys', 'GET /api/keys/:id'),
  status: constantFrom(200, 201, 403, 429),
  address: integer({ min: 0, max: 255 }).map((last) => parseAddress(`203.0.113.${last}`)),
}).map(finished);

describe('a tally of requests', () => {
  it('counts each request once in every dimension, however many values there are', () => {
    assert(
      property(array(anyRequest, { maxLength: 400 }), (requests) => {
        const tally = tallyOf(...requests);
        const errors = requests.filter(({ status }) => status >= 400).length;
        for (const dimension of ['status', 'route', 'ip'] as const) {
          expect(sum(tally, dimension)).toBe(requests.length);
          expect(sum(tally, dimension, 'errors')).toBe(errors);
        }
      }),
    );
  });

  it('loses nothing when what could not be written is added to what came since', () => {
    assert(
      property(array(anyRequest, { maxLength: 300 }), nat(), (requests, cut) => {
        const at = requests.length === 0 ? 0 : cut % requests.length;
        const later = tallyOf(...requests.slice(at));
        mergeTally(later, tallyOf(...requests.slice(0, at)));
        for (const dimension of DIMENSIONS) expect(sum(later, dimension)).toBe(sum(tallyOf(...requests), dimension));
      }),
    );
  });

  it('keeps a hundred addresses of one credential, and the others under one empty name', () => {
    const tally = tallyOf(
      ...Array.from({ length: 300 }, (_, index) =>
        finished({ address: parseAddress(`10.0.${index % 2}.${index % 150}`) }),
      ),
    );
    const addresses = tally.counts.ip;
    expect(addresses.size).toBe(101);
    expect(addresses.get('')?.requests).toBe(100);
  });

  it('knows the network of who was let in, and not of who was refused', () => {
    const refused = finished({ status: 403, refusal: 'AUTH_005', address: parseAddress('198.51.100.1') });
    const tally = tallyOf(finished(), refused);
    expect([...tally.admitted.values()]).toEqual(['203.0.113.0/24']);
    expect(sum(tally, 'refusal')).toBe(1);
  });

  it('does not take a refusal of another kind for one of access control', () => {
    expect(sum(tallyOf(finished({ status: 404, refusal: 'REQ_005' })), 'refusal')).toBe(0);
  });
});
