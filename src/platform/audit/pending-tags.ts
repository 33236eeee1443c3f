import type { KeyObject } from 'node:crypto';
import { constantTimeEquals } from '../../kernel/crypto/constant-time-equals.js';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { fingerprint } from '../../kernel/crypto/fingerprint.js';
import type { MasterKey } from '../../kernel/crypto/seal.js';

/**
 * Tells rows that this application has written from rows that somebody has put into the tables: only what has a valid
 * tag is chained. A row without one stays outside of the chain, where a check of the trail finds it.
 */
export class PendingTags {
  /** Id of the master key that tags. */
  readonly keyId: string;
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly current: KeyObject;

  /** The first key tags, all are accepted. */
  constructor(masterKeys: readonly MasterKey[]) {
    const [newest] = masterKeys;
    if (!newest) throw new RangeError('tagging needs a master key');
    this.keys = new Map(masterKeys.map(({ id, key }) => [id, deriveKey(key, 'audit-pending')]));
    this.keyId = newest.id;
    this.current = deriveKey(newest.key, 'audit-pending');
  }

  /** The keys whose tags can be judged here. */
  get keyIds(): string[] {
    return [...this.keys.keys()];
  }

  /** HMAC-SHA256 in hex over id and time (epoch milliseconds) of a row. */
  tagOf(id: string, occurredAtMs: number): string {
    return fingerprint(this.current, id, String(occurredAtMs));
  }

  isValid(keyId: string, tag: string, id: string, occurredAtMs: number): boolean {
    const key = this.keys.get(keyId);
    return key !== undefined && constantTimeEquals(fingerprint(key, id, String(occurredAtMs)), tag);
  }
}
