import { FIRST_IPV4, LAST_ADDRESS, LAST_IPV4 } from './address.js';
import type { IpAddress } from './address.js';
import type { AddressRange } from './address-range.js';
import { contains, normalise, subtract } from './intervals.js';
import type { Interval } from './intervals.js';

/** An immutable set of IPv4 and IPv6 addresses; membership costs one binary search. */
export class AddressSet {
  static readonly everything: AddressSet = new AddressSet([{ first: 0n, last: LAST_ADDRESS }]);
  static readonly nothing: AddressSet = new AddressSet([]);

  readonly #intervals: readonly Interval[];

  private constructor(normalised: readonly Interval[]) {
    this.#intervals = normalised;
  }

  /**
   * The union of the ranges. An IPv6 range around ::ffff:0:0/96, such as ::/0, leaves IPv4 out: who writes it means
   * IPv6, and an allow list must not grow by the way in which IPv4 is embedded.
   */
  static of(ranges: readonly AddressRange[]): AddressSet {
    return new AddressSet(normalise(ranges.flatMap(withinOneFamily)));
  }

  get isEmpty(): boolean {
    return this.#intervals.length === 0;
  }

  has(address: IpAddress): boolean {
    return contains(this.#intervals, address.value);
  }

  /** The addresses that are in this set and not in `other`. */
  minus(other: AddressSet): AddressSet {
    return new AddressSet(subtract(this.#intervals, other.#intervals));
  }

  /** The addresses that are in this set, in `other` or in both. */
  union(other: AddressSet): AddressSet {
    return new AddressSet(normalise([...this.#intervals, ...other.#intervals]));
  }

  /** Whether every address of this set is in `other`. */
  isSubsetOf(other: AddressSet): boolean {
    return this.minus(other).isEmpty;
  }
}

const IPV4: Interval = { first: FIRST_IPV4, last: LAST_IPV4 };

function withinOneFamily(range: AddressRange): readonly Interval[] {
  const holdsIpv4 = range.first <= IPV4.first && range.last >= IPV4.last;
  const isIpv4 = range.first === IPV4.first && range.last === IPV4.last;
  return holdsIpv4 && !isIpv4 ? subtract([range], [IPV4]) : [range];
}
