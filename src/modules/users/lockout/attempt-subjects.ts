import { lengthPrefixed } from '../../../kernel/crypto/length-prefixed.js';
import { sha256 } from '../../../kernel/crypto/digest.js';
import type { AttemptScope } from './login-failure.entity.js';

/** Where an attempt on an account comes from. */
export interface AttemptPlace {
  /** IPv4 /24 or IPv6 /64; null if the address is not known. */
  readonly network: string | null;
  /** Id of a device on which this very account has logged in before; null for any other. */
  readonly deviceId: string | null;
}

/** Something that is counted. */
export interface CountedSubject {
  readonly scope: AttemptScope;
  readonly digest: Buffer;
}

/**
 * What an attempt counts against, its place first. Known devices and networks are counted apart and not in the
 * account's total: however much strangers fail, they lock out each other and never the owner. There ballast, which never
 * locks, stands for the total: as many rows are looked for and written as for an address that has no account.
 * @param isKnownNetwork whether this account has logged in from the network before
 */
export function attemptSubjects(
  emailKey: string,
  place: AttemptPlace,
  isKnownNetwork: boolean,
): readonly [CountedSubject, CountedSubject] {
  const [kind, id] = place.deviceId === null ? ['network', place.network ?? ''] : ['device', place.deviceId];
  const isKnown = place.deviceId !== null || isKnownNetwork;
  const total = isKnown
    ? ({ scope: 'ballast', digest: digestOf('ballast', emailKey, kind, id) } as const)
    : ({ scope: 'account', digest: digestOf('account', emailKey) } as const);
  return [{ scope: 'place', digest: digestOf(kind, emailKey, id) }, total];
}

function digestOf(...parts: string[]): Buffer {
  return sha256(lengthPrefixed(parts));
}
