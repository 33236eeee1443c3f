import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { addressFrom, parseAddress } from './address.js';
import { NetworkPolicy } from './network-policy.js';
import type { NetworkLists } from './network-policy.js';

function admits(policy: NetworkPolicy, text: string): boolean {
  const address = parseAddress(text);
  if (address === null) throw new TypeError(`${text} is no address`);
  return policy.admits(address);
}

/** 10.0.0.0/28 and its parts, and one range of the other family. */
const entry = fc.oneof(
  fc.integer({ min: 28, max: 32 }).chain((prefix) => {
    const size = 2 ** (32 - prefix);
    return fc.nat({ max: 16 / size - 1 }).map((index) => `10.0.0.${index * size}/${prefix}`);
  }),
  fc.constantFrom('2001:db8::/127', '2001:db8::1', '0.0.0.0/0', '::/0'),
);
const lists = fc.record({
  allowed: fc.option(fc.array(entry, { maxLength: 4 })),
  denied: fc.option(fc.array(entry, { maxLength: 4 })),
});
/** One address of every class that the entries can tell apart. */
const WITNESSES = [
  ...Array.from({ length: 18 }, (_, index) => addressFrom(0xffff09ffffffn + BigInt(index))),
  ...Array.from({ length: 3 }, (_, index) => addressFrom((0x20010db8n << 96n) + BigInt(index))),
];

describe('NetworkPolicy', () => {
  it('admits everyone without lists', () => {
    for (const policy of [
      NetworkPolicy.unrestricted,
      NetworkPolicy.of({}),
      NetworkPolicy.of({ allowed: null, denied: null }),
    ]) {
      expect([admits(policy, '192.0.2.1'), admits(policy, '2001:db8::1')]).toEqual([true, true]);
    }
  });

  it('admits the allow list only', () => {
    const policy = NetworkPolicy.of({ allowed: ['192.0.2.0/24', '2001:db8::1'] });
    expect([admits(policy, '192.0.2.255'), admits(policy, '::ffff:192.0.2.7'), admits(policy, '2001:db8::1')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([admits(policy, '192.0.3.0'), admits(policy, '2001:db8::2'), admits(policy, '::192.0.2.7')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('lets deny win, whichever list is the narrower', () => {
    const hole = NetworkPolicy.of({ allowed: ['10.0.0.0/8'], denied: ['10.1.0.0/16'] });
    expect([admits(hole, '10.0.0.1'), admits(hole, '10.1.0.1'), admits(hole, '11.0.0.1')]).toEqual([
      true,
      false,
      false,
    ]);
    const covered = NetworkPolicy.of({ allowed: ['10.1.0.1'], denied: ['10.0.0.0/8'] });
    expect(admits(covered, '10.1.0.1')).toBe(false);
    const denyOnly = NetworkPolicy.of({ denied: ['10.0.0.0/8'] });
    expect([admits(denyOnly, '::ffff:10.0.0.1'), admits(denyOnly, '2001:db8::1')]).toEqual([false, true]);
  });

  it('admits nobody with an empty allow list, and ignores an empty deny list', () => {
    expect(admits(NetworkPolicy.of({ allowed: [] }), '10.0.0.1')).toBe(false);
    expect(admits(NetworkPolicy.of({ denied: [] }), '10.0.0.1')).toBe(true);
  });

  it('admits exactly what the lists say, entry by entry', () => {
    const covers = (list: readonly string[], index: number) =>
      list.some((text) => NetworkPolicy.of({ allowed: [text] }).admits(WITNESSES[index] ?? addressFrom(0n)));
    fc.assert(
      fc.property(lists, fc.nat({ max: WITNESSES.length - 1 }), ({ allowed, denied }, index) => {
        const expected = (allowed === null || covers(allowed, index)) && !covers(denied ?? [], index);
        expect(NetworkPolicy.of({ allowed, denied }).admits(WITNESSES[index] ?? addressFrom(0n))).toBe(expected);
      }),
    );
  });

  it('isSubsetOf is exact', () => {
    // Both policies are constant on the addresses between the witnesses, for which one stands in each family.
    const witnesses = [...WITNESSES, addressFrom(0xffff01010101n), addressFrom(1n)];
    fc.assert(
      fc.property(lists, lists, (left: NetworkLists, right: NetworkLists) => {
        const [a, b] = [NetworkPolicy.of(left), NetworkPolicy.of(right)];
        expect(a.isSubsetOf(b)).toBe(witnesses.every((address) => !a.admits(address) || b.admits(address)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('isSubsetOf sees through notation: a range that the other splits, and a hole that the other does not have', () => {
    const whole = NetworkPolicy.of({ allowed: ['10.0.0.0/8'] });
    const split = NetworkPolicy.of({ allowed: ['10.0.0.0/9', '::ffff:10.128.0.0/105'] });
    const holed = NetworkPolicy.of({ allowed: ['10.0.0.0/8'], denied: ['10.9.9.9'] });
    expect([whole.isSubsetOf(split), split.isSubsetOf(whole), holed.isSubsetOf(whole)]).toEqual([true, true, true]);
    expect([whole.isSubsetOf(holed), NetworkPolicy.unrestricted.isSubsetOf(whole)]).toEqual([false, false]);
    expect(whole.isSubsetOf(NetworkPolicy.unrestricted)).toBe(true);
  });

  it.each([{ allowed: ['52.44.123.456'] }, { denied: ['10.0.0.1/8'] }])(
    'refuses lists that do not parse: %j',
    (bad) => {
      expect(() => NetworkPolicy.of(bad)).toThrow(TypeError);
    },
  );
});
