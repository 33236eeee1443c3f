import type { Principal } from '../../kernel/access/principal.js';
import type { ServiceAccount } from './service-account.entity.js';

/** Life of a key pair whose end nobody names. */
const KEY_PAIR_TTL_MS = 90 * 24 * 60 * 60 * 1000;

/** When a key pair ends that is issued without a word about it: in 90 days, but not after its account or its maker. */
export function endOfKeyPair(caller: Principal, account: ServiceAccount, nowMs: number): Date {
  const ends = [nowMs + KEY_PAIR_TTL_MS, caller.expiresAt, account.expiresAt?.getTime()];
  return new Date(Math.min(...ends.filter((end) => typeof end === 'number')));
}
