import { describe, expect, it } from '@jest/globals';
import { type AttemptPlace, attemptSubjects } from './attempt-subjects.js';

const STRANGER: AttemptPlace = { network: '198.51.100.0/24', deviceId: null };

function digests(emailKey: string, place: AttemptPlace, isKnownNetwork = false): string[] {
  return attemptSubjects(emailKey, place, isKnownNetwork).map(({ digest }) => digest.toString('hex'));
}

describe('what an attempt counts against', () => {
  it("is, for a stranger, the network's share and the account's total", () => {
    const scopes = attemptSubjects('a@example.com', STRANGER, false).map(({ scope }) => scope);
    expect(scopes).toEqual(['place', 'account']);
  });

  it("is never the account's total for a known device or network", () => {
    const total = digests('a@example.com', STRANGER)[1];
    for (const known of [
      digests('a@example.com', STRANGER, true),
      digests('a@example.com', { ...STRANGER, deviceId: 'd' }),
    ]) {
      expect(known).toHaveLength(2);
      expect(known).not.toContain(total);
    }
  });

  it('is as much for a known place as for a strange one, to the byte, so that no time tells them apart', () => {
    const sizes = (isKnownNetwork: boolean) =>
      attemptSubjects('a@example.com', STRANGER, isKnownNetwork).map(({ scope, digest }) => [
        scope.length,
        digest.length,
      ]);
    expect(sizes(true)).toEqual(sizes(false));
    expect(attemptSubjects('a@example.com', STRANGER, true)[1].scope).toBe('ballast');
  });

  it('is apart for another account, network and device', () => {
    const all = [
      ...digests('a@example.com', STRANGER),
      ...digests('b@example.com', STRANGER),
      ...digests('a@example.com', { ...STRANGER, network: '198.51.101.0/24' }).slice(0, 1),
      ...digests('a@example.com', { ...STRANGER, deviceId: 'd' }),
      ...digests('a@example.com', { ...STRANGER, deviceId: '198.51.100.0/24' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
