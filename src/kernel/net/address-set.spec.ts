import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LAST_ADDRESS, addressFrom, parseAddress } from './address.js';
import type { IpAddress } from './address.js';
import { AddressSet } from './address-set.js';
import { parseAddressSet } from './parse-address-set.js';

/** Ranges that crowd into a few bits of each family, so that they nest, touch and repeat. */
const ipv4 = fc.record({
  base: fc.constant(0xffff0a000000n),
  offset: fc.bigInt(0n, 0xffn),
  length: fc.integer({ min: 120, max: 128 }),
});
const ipv6 = fc.record({
  base: fc.constant(0x20010db8n << 96n),
  offset: fc.bigInt(0n, 0xffn),
  length: fc.integer({ min: 120, max: 128 }),
});
const range = fc.oneof(ipv4, ipv6).map(({ base, offset, length }) => {
  const network = addressFrom(((base + offset) >> BigInt(128 - length)) << BigInt(128 - length));
  return { network, prefix: network.family === 4 ? length - 96 : length };
});
const ranges = fc.array(range, { maxLength: 6 });

const UNIVERSE: readonly IpAddress[] = [0xffff0a000000n - 2n, (0x20010db8n << 96n) - 2n].flatMap((start) =>
  Array.from({ length: 260 }, (_, index) => addressFrom(start + BigInt(index))),
);

interface Cidr {
  readonly network: IpAddress;
  readonly prefix: number;
}

function setOf(cidrs: readonly Cidr[]): AddressSet {
  return parseAddressSet(cidrs.map(({ network, prefix }) => `${network.text}/${prefix}`));
}

function blockListOf(cidrs: readonly Cidr[]): BlockList {
  const list = new BlockList();
  for (const { network, prefix } of cidrs) list.addSubnet(network.text, prefix, network.family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

function listed(list: BlockList, address: IpAddress): boolean {
  return list.check(address.text, address.family === 4 ? 'ipv4' : 'ipv6');
}

function at(text: string): IpAddress {
  const address = parseAddress(text);
  if (address === null) throw new TypeError(`${text} is no address`);
  return address;
}

describe('AddressSet', () => {
  it('holds exactly what node:net BlockList holds', () => {
    fc.assert(
      fc.property(ranges, (cidrs) => {
        const [set, list] = [setOf(cidrs), blockListOf(cidrs)];
        expect(UNIVERSE.filter((address) => set.has(address))).toEqual(
          UNIVERSE.filter((address) => listed(list, address)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('has the algebra of sets: minus, union, subset and emptiness', () => {
    fc.assert(
      fc.property(ranges, ranges, (left, right) => {
        const [a, b] = [setOf(left), setOf(right)];
        const [inA, inB] = [blockListOf(left), blockListOf(right)];
        const [minus, union] = [a.minus(b), a.union(b)];
        for (const address of UNIVERSE) {
          const [x, y] = [listed(inA, address), listed(inB, address)];
          if (minus.has(address) !== (x && !y) || union.has(address) !== (x || y)) throw new Error(address.text);
        }
        const outside = UNIVERSE.some((address) => listed(inA, address) && !listed(inB, address));
        expect(a.isSubsetOf(b)).toBe(!outside);
        expect(minus.isEmpty).toBe(!outside);
        expect(a.isSubsetOf(union)).toBe(true);
        expect(minus.isSubsetOf(a)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('joins two halves into the whole', () => {
    const halves = parseAddressSet(['10.0.0.0/9', '10.128.0.0/9']);
    expect(parseAddressSet(['10.0.0.0/8']).isSubsetOf(halves)).toBe(true);
    expect(parseAddressSet(['10.0.0.0/7']).isSubsetOf(halves)).toBe(false);
  });

  it('takes an IPv4 address and its mapped forms for one', () => {
    const set = parseAddressSet(['192.0.2.10']);
    expect(['192.0.2.10', '::ffff:192.0.2.10', '::ffff:c000:20a'].map((text) => set.has(at(text)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(parseAddressSet(['::ffff:c000:20a']).has(at('192.0.2.10'))).toBe(true);
    expect(set.has(at('::192.0.2.10'))).toBe(false);
    expect(set.has(at('64:ff9b::192.0.2.10'))).toBe(false);
  });

  it('keeps the families apart: neither of 0.0.0.0/0 and ::/0 holds the other', () => {
    const [v4, v6] = [parseAddressSet(['0.0.0.0/0']), parseAddressSet(['::/0'])];
    for (const text of ['0.0.0.0', '10.0.0.1', '255.255.255.255']) {
      expect([v4.has(at(text)), v6.has(at(text))]).toEqual([true, false]);
    }
    for (const text of ['::', '::fffe:ffff:ffff', '::1:0:0:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']) {
      expect([v4.has(at(text)), v6.has(at(text))]).toEqual([false, true]);
    }
    expect(parseAddressSet(['::/64']).has(at('10.0.0.1'))).toBe(false);
    expect(parseAddressSet(['::fffe:0:0/95']).has(at('10.0.0.1'))).toBe(false);
    expect(parseAddressSet(['::/0', '10.0.0.0/8']).has(at('10.0.0.1'))).toBe(true);
    expect(AddressSet.everything.isSubsetOf(v4.union(v6))).toBe(true);
  });

  it('knows everything and nothing', () => {
    for (const value of [0n, 0xffff0a000001n, LAST_ADDRESS]) {
      expect(AddressSet.everything.has(addressFrom(value))).toBe(true);
      expect(AddressSet.nothing.has(addressFrom(value))).toBe(false);
    }
    expect([AddressSet.everything.isEmpty, AddressSet.nothing.isEmpty, AddressSet.of([]).isEmpty]).toEqual([
      false,
      true,
      true,
    ]);
    expect(AddressSet.everything.minus(AddressSet.everything).isEmpty).toBe(true);
    expect(AddressSet.everything.isSubsetOf(AddressSet.nothing)).toBe(false);
    expect(AddressSet.nothing.isSubsetOf(AddressSet.nothing)).toBe(true);
  });
});

describe('parseAddressSet', () => {
  it('names the entry that does not parse, and its fault', () => {
    expect(() => parseAddressSet(['10.0.0.0/8', '52.44.123.456'])).toThrow(
      new TypeError('"52.44.123.456" is not an IPv4 or IPv6 address or CIDR range'),
    );
  });
});
