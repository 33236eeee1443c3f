import { lengthPrefixed } from '../../../kernel/crypto/length-prefixed.js';
import { sha256 } from '../../../kernel/crypto/digest.js';
import { FAILURES_PER_ACCOUNT_MAX, FAILURES_PER_PLACE_MAX } from './lockout-rules.js';

/** Where an attempt on an account comes from. */
export interface AttemptPlace {
  /** IPv4 /24 or IPv6 /64; null if the address is not known. */
  readonly network: string | null;
  /** Id of a device on which this very account has logged in before; null for any other. */
  readonly deviceId: string | null;
  /** Whether this account has logged in from the network before. */
  readonly isKnownNetwork: boolean;
}

/** Something that is counted, and how many failures of it are too many. */
export interface CountedSubject {
  readonly digest: Buffer;
  readonly failuresMax: number;
}

/**
 * What an attempt counts against, the narrowest first. Known devices and networks are counted apart and not in the
 * account's total: however much strangers fail, they lock out each other and never the owner.
 */
export function attemptSubjects(emailKey: string, place: AttemptPlace): readonly [CountedSubject, ...CountedSubject[]] {
  if (place.deviceId !== null) return [atPlace('device', emailKey, place.deviceId)];
  const fromNetwork = atPlace('network', emailKey, place.network ?? '');
  if (place.isKnownNetwork) return [fromNetwork];
  const fromAnywhere = { digest: digestOf('account', emailKey), failuresMax: FAILURES_PER_ACCOUNT_MAX };
  return [fromNetwork, fromAnywhere];
}

function atPlace(kind: string, emailKey: string, place: string): CountedSubject {
  return { digest: digestOf(kind, emailKey, place), failuresMax: FAILURES_PER_PLACE_MAX };
}

function digestOf(...parts: string[]): Buffer {
  return sha256(lengthPrefixed(parts));
}
