import { describe, expect, it } from '@jest/globals';
import { isLive, type StatusFacts, statusOf } from './api-key-status.js';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const AT = new Date(NOW);
const LATER = new Date(NOW + 1);
const NOTHING: StatusFacts = {
  revokedAt: null,
  revokeAt: null,
  quarantinedAt: null,
  expiresAt: null,
  successorId: null,
};

describe('statusOf', () => {
  it.each<[string, Partial<StatusFacts>]>([
    ['active', {}],
    ['active', { expiresAt: LATER }],
    ['active', { successorId: 's' }],
    ['expired', { expiresAt: AT }],
    ['scheduled', { revokeAt: LATER }],
    ['rotating', { revokeAt: LATER, successorId: 's' }],
    ['expired', { revokeAt: LATER, successorId: 's', expiresAt: AT }],
    ['revoked', { revokeAt: AT }],
    ['revoked', { revokeAt: AT, successorId: 's' }],
    ['quarantined', { quarantinedAt: AT }],
    ['quarantined', { quarantinedAt: AT, expiresAt: AT, revokeAt: LATER }],
    ['revoked', { revokedAt: AT }],
    ['revoked', { revokedAt: AT, quarantinedAt: AT, expiresAt: AT, revokeAt: LATER }],
  ])('is %s for %j', (status, facts) => {
    expect(statusOf({ ...NOTHING, ...facts }, NOW)).toBe(status);
  });

  it('opens nothing once a key has ended in any way', () => {
    expect(['active', 'rotating', 'scheduled'].every((status) => isLive(status as never))).toBe(true);
    expect(['expired', 'revoked', 'quarantined'].some((status) => isLive(status as never))).toBe(false);
  });
});
