import { Global, Module } from '@nestjs/common';
import { RetentionService } from '../work/index.js';
import { NonceStore } from './nonces/index.js';
import { SigningSecrets } from './signing-secrets.js';

/**
 * How often expired nonces are deleted, in milliseconds: the steady pace lets PostgreSQL use the freed pages again, so
 * that the table stays as large as what was spent within a nonce's life.
 */
const NONCES_EVERY_MS = 2_000;

/** What the check of signatures, and of whatever else is good for one use, is made of. */
@Global()
@Module({ providers: [NonceStore, SigningSecrets], exports: [NonceStore, SigningSecrets] })
export class SignatureModule {
  constructor(retention: RetentionService) {
    retention.keep({ table: 'spent_nonces', column: 'expires_at', keptMs: 0, everyMs: NONCES_EVERY_MS });
  }
}
