import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';

/** Where the signing secrets of credentials are kept; the module that keeps them registers itself. */
export interface SigningSecretSource {
  /** The opened secret of a verified credential. */
  load(principal: Principal): Promise<KeyObject>;
}

/**
 * The signing secrets of verified credentials, opened. They live in memory only, and exactly as long as the principal
 * that they belong to: when a cached principal is dropped, so is its secret.
 */
@Injectable()
export class SigningSecrets {
  private source: SigningSecretSource | null = null;
  private readonly opened = new WeakMap<Principal, Promise<KeyObject>>();

  register(source: SigningSecretSource): void {
    this.source = source;
  }

  /** The secret of a credential; asked for once, however many requests wait for it. */
  of(principal: Principal): Promise<KeyObject> {
    if (!this.source) throw new Error('no module keeps signing secrets');
    let secret = this.opened.get(principal);
    if (!secret) {
      secret = this.source.load(principal);
      this.opened.set(principal, secret);
      secret.catch(() => this.opened.delete(principal));
    }
    return secret;
  }
}
