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
 * account's total: however much strangers fail, they lock out each other and never the owner.
 * @param isKnownNetwork whether this account has logged in from the network before
 */
export function attemptSubjects(
  emailKey: string,
  place: AttemptPlace,
  isKnownNetwork: boolean,
): readonly [CountedSubject, ...CountedSubject[]] {
  if (place.deviceId !== null) return [{ scope: 'place', digest: digestOf('device', emailKey, place.deviceId) }];
  const fromNetwork = { scope: 'place', digest: digestOf('network', emailKey, place.network ?? '') } as const;
  if (isKnownNetwork) return [fromNetwork];
  return [fromNetwork, { scope: 'account', digest: digestOf('account', emailKey) }];
}

function digestOf(...parts: string[]): Buffer {
  return sha256(lengthPrefixed(parts));
}
