import type { JsonWebKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { signEs256 } from '../../../kernel/jose/es256.js';
import { parseCompactJws } from '../../../kernel/jose/parse-compact-jws.js';
import { verifyJws } from '../../../kernel/jose/verify-jws.js';
import { isFault } from '../../../kernel/fault.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { type SigningKey, SigningKeyStore } from './signing-key-store.js';

/** How old what a process knows of the keys may be: far less than a new key is announced before it signs. */
const KNOWN_MS = 60_000;

/** Signs ID tokens and JWT access tokens with the keys of this server. */
@Injectable()
export class SigningKeys {
  private known: { readonly keys: Promise<readonly SigningKey[]>; readonly untilMs: number } | null = null;

  constructor(
    private readonly store: SigningKeyStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A JWT of the given `typ` (RFC 8725 §3.11), signed with the newest key whose time has come. */
  async sign(typ: 'at+jwt' | 'JWT', claims: object): Promise<string> {
    const now = this.clock.now();
    const keys = await this.current();
    // the very first key may have been made by a process whose clock is ahead
    const key = keys.find(({ signsFromMs }) => signsFromMs <= now) ?? keys.at(-1);
    if (!key) throw new Error('there is no signing key');
    return signEs256({ typ, kid: key.kid }, claims, key.privateKey);
  }

  /** Whether a text is a JWT that one of the keys has signed. */
  async haveSigned(token: string): Promise<boolean> {
    const jws = parseCompactJws(token);
    if (isFault(jws)) return false;
    return (await this.current()).some(({ publicKey }) => verifyJws(jws, { algorithm: 'ES256', key: publicKey }));
  }

  /** The public keys (RFC 7517), those to come too. */
  async published(): Promise<JsonWebKey[]> {
    return (await this.current()).map(({ publicJwk }) => publicJwk);
  }

  private current(): Promise<readonly SigningKey[]> {
    const now = this.clock.now();
    if (this.known && now < this.known.untilMs) return this.known.keys;
    const before = this.known?.keys;
    const keys = this.store.read().catch((error: unknown) => {
      // while the database is away, what was known is as good as anything
      if (before) return before;
      this.known = null;
      throw error;
    });
    this.known = { keys, untilMs: now + KNOWN_MS };
    return keys;
  }
}
