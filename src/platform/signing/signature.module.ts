import { Global, Module } from '@nestjs/common';
import { NoncePurge, NonceStore } from './nonces/index.js';
import { SigningSecrets } from './signing-secrets.js';

/** What the check of signatures, and of whatever else is good for one use, is made of. */
@Global()
@Module({ providers: [NonceStore, NoncePurge, SigningSecrets], exports: [NonceStore, SigningSecrets] })
export class SignatureModule {}
