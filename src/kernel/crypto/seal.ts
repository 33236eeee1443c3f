import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { deriveKey } from './derive-key.js';
import { lengthPrefixed } from './length-prefixed.js';
import type { MasterKey } from './master-key.js';

export { masterKeyFrom } from './master-key.js';
export type { MasterKey } from './master-key.js';

const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D §8.2: 96 bits are the one length that GCM uses without hashing. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED_PATTERN = /^v1\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]{22,})$/;

/** Where a sealed value lives; a value opens only in the place that it was sealed for. */
export interface SealContext {
  readonly purpose: string;
  readonly table: string;
  readonly row: string;
  readonly owner: string;
}

/** Why a value did not open: not a sealed value, sealed under a master key that is not here, or altered or moved. */
export type SealFault = 'format' | 'unknown-key' | 'authentication';

const MESSAGES: Readonly<Record<SealFault, string>> = {
  format: 'the value does not have the form of a sealed value',
  'unknown-key': 'the value is sealed under a master key that is not configured',
  authentication: 'the sealed value was altered, or belongs to another place',
};

/** A sealed value that does not open; its message holds no part of the value. */
export class SealError extends Error {
  readonly fault: SealFault;

  constructor(fault: SealFault) {
    super(MESSAGES[fault]);
    this.name = 'SealError';
    this.fault = fault;
  }
}

/**
 * Seals short secrets for storage with AES-256-GCM (NIST SP 800-38D): `v1.<key id>.<nonce>.<ciphertext and tag>`, the
 * last two as unpadded base64url. Each purpose has its own key, and the context is authenticated with the value.
 */
export class Sealer {
  readonly #keys: ReadonlyMap<string, PurposeKeys>;
  readonly #sealingId: string;

  /** The first master key seals, all of them open; throws RangeError when there is none or two share an id. */
  constructor(masterKeys: readonly MasterKey[]) {
    const [sealing] = masterKeys;
    if (sealing === undefined) throw new RangeError('sealing needs a master key');
    this.#sealingId = sealing.id;
    this.#keys = new Map(masterKeys.map(({ id, key }) => [id, new PurposeKeys(key)]));
    if (this.#keys.size < masterKeys.length) throw new RangeError('a master key is configured twice');
  }

  /** Seals `plaintext` (a string as UTF-8) for the one place that `context` names. */
  seal(plaintext: string | Buffer, context: SealContext): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(this.#sealingId, context), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(context));
    const sealed = Buffer.concat([cipher.update(Buffer.from(plaintext)), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.#sealingId}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /** The bytes that were sealed for `context`; throws SealError for anything else. */
  open(sealed: string, context: SealContext): Buffer {
    const { keyId, nonce, ciphertext, tag } = parse(sealed);
    const decipher = createDecipheriv(CIPHER, this.#key(keyId, context), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(context)).setAuthTag(tag);
    const plaintext = decipher.update(ciphertext);
    try {
      decipher.final();
    } catch {
      throw new SealError('authentication');
    }
    return plaintext;
  }

  /** Whether a value is sealed under another key than the first; throws SealError when it is not a sealed value. */
  needsResealing(sealed: string): boolean {
    return parse(sealed).keyId !== this.#sealingId;
  }

  #key(id: string, context: SealContext): KeyObject {
    const keys = this.#keys.get(id);
    if (keys === undefined) throw new SealError('unknown-key');
    return keys.for(context.purpose);
  }
}

/** The keys of one master key, derived once for each purpose; purposes are a few constants of the code. */
class PurposeKeys {
  readonly #master: KeyObject;
  readonly #derived = new Map<string, KeyObject>();

  constructor(master: KeyObject) {
    this.#master = master;
  }

  for(purpose: string): KeyObject {
    const known = this.#derived.get(purpose);
    if (known !== undefined) return known;
    const key = deriveKey(this.#master, `seal/${purpose}`);
    this.#derived.set(purpose, key);
    return key;
  }
}

interface SealedParts {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

function parse(sealed: string): SealedParts {
  const [, keyId, nonce, body] = SEALED_PATTERN.exec(sealed) ?? [];
  if (keyId === undefined || nonce === undefined || body === undefined) throw new SealError('format');
  const bytes = Buffer.from(body, 'base64url');
  // The decoder ignores stray bits of the last character; two texts for one value would be malleable.
  if (bytes.toString('base64url') !== body) throw new SealError('format');
  return {
    keyId,
    nonce: Buffer.from(nonce, 'base64url'),
    ciphertext: bytes.subarray(0, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
}

function associatedData({ purpose, table, row, owner }: SealContext): Buffer {
  return lengthPrefixed([purpose, table, row, owner]);
}
