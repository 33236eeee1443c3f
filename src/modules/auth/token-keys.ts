import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { isHs256Of } from '../../kernel/jose/hs256.js';
import { jwtSecretId, SECRETS, type Secrets } from '../../platform/config/index.js';

/** The kinds of token that a login session has; each has a key, an audience and a `token_use` of its own. */
export type SessionTokenKind = 'access' | 'refresh' | 'cookie';

/** A signing key and the id of the JWT secret that it is derived from. */
export interface TokenKey {
  readonly secretId: string;
  readonly key: KeyObject;
}

/** The signing keys of session tokens: an HKDF subkey a kind, so that no kind can pass for another. */
@Injectable()
export class TokenKeys {
  private readonly keys: Readonly<Record<SessionTokenKind, readonly TokenKey[]>>;

  constructor(@Inject(SECRETS) secrets: Secrets) {
    const keysOf = (kind: SessionTokenKind): TokenKey[] =>
      secrets.jwtSecrets.map((secret) => ({
        secretId: jwtSecretId(secret),
        key: deriveKey(secret, `jwt/${kind}`),
      }));
    this.keys = { access: keysOf('access'), refresh: keysOf('refresh'), cookie: keysOf('cookie') };
  }

  /** The key that signs. */
  current(kind: SessionTokenKind): TokenKey {
    const [newest] = this.keys[kind];
    if (!newest) throw new Error('there is no JWT secret');
    return newest;
  }

  /** The key of a certain secret; null if that secret is not live here. */
  find(kind: SessionTokenKind, secretId: string): TokenKey | null {
    return this.keys[kind].find((candidate) => candidate.secretId === secretId) ?? null;
  }

  /** The key under which this token is signed, of all live secrets; null if it is none of them. */
  signerOf(kind: SessionTokenKind, token: string): KeyObject | null {
    return this.keys[kind].find(({ key }) => isHs256Of(token, key))?.key ?? null;
  }

  /** The key for a library to verify this token with, which tells a wrong signature by itself. */
  matching(kind: SessionTokenKind, token: string): KeyObject {
    const signer = this.keys[kind].length > 1 ? this.signerOf(kind, token) : null;
    return signer ?? this.current(kind).key;
  }
}
