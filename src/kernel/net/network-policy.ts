import type { IpAddress } from './address.js';
import { AddressSet } from './address-set.js';
import { parseAddressSet } from './parse-address-set.js';

/** The allow and deny lists of a credential, as stored: addresses and CIDR ranges. */
export interface NetworkLists {
  /** Absent or null: everyone. An empty list admits nobody. */
  readonly allowed?: readonly string[] | null;
  readonly denied?: readonly string[] | null;
}

/** From which addresses a credential may be used: those on its allow list that are not on its deny list. */
export class NetworkPolicy {
  static readonly unrestricted: NetworkPolicy = new NetworkPolicy(AddressSet.everything, {});

  readonly #admitted: AddressSet;

  private constructor(
    admitted: AddressSet,
    /** The lists that it was made of, for a credential that inherits them. */
    readonly lists: NetworkLists,
  ) {
    this.#admitted = admitted;
  }

  /** The policy of two lists that were validated before; throws TypeError on an entry that does not parse. */
  static of(lists: NetworkLists): NetworkPolicy {
    const { allowed, denied } = lists;
    const allow = allowed ? parseAddressSet(allowed) : AddressSet.everything;
    return new NetworkPolicy(denied ? allow.minus(parseAddressSet(denied)) : allow, lists);
  }

  admits(address: IpAddress): boolean {
    return this.#admitted.has(address);
  }

  /** Whether `other` admits every address that this policy admits; exact, however the lists are written. */
  isSubsetOf(other: NetworkPolicy): boolean {
    return this.#admitted.isSubsetOf(other.#admitted);
  }
}
