import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { hasValidApiKeyFormat } from '../../kernel/crypto/api-key-format.js';
import { AppError } from '../../kernel/errors/app-error.js';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  type VerifiedCredential,
} from '../../platform/access/index.js';
import { principalOf } from './api-key-principal.js';
import { isLive } from './api-key-status.js';
import { StoredKeys } from './stored-keys.js';

const PASSPORT_NAME = 'api-key';

/** Verifies API keys. */
@Injectable()
export class ApiKeyStrategy
  extends PassportStrategy(HeaderAPIKeyStrategy, PASSPORT_NAME)
  implements CredentialStrategy
{
  readonly passportName = PASSPORT_NAME;

  constructor(
    strategies: CredentialStrategies,
    private readonly keys: StoredKeys,
  ) {
    super({ header: 'X-API-Key', prefix: '' }, false);
    strategies.register(this);
  }

  /** A typo or a guess has a wrong checksum and is turned away here, without a database read. */
  accepts(credential: Credential): boolean {
    return credential.scheme === 'api_key' && hasValidApiKeyFormat(credential.value);
  }

  /** The caller behind a well-formed key. @throws AppError AUTH_004, the same whatever is wrong with the key */
  async validate(keyPlaintext: string): Promise<VerifiedCredential> {
    const key = await this.keys.find(keyPlaintext);
    if (!key) throw new AppError('AUTH_004');
    if (key.isOwnerDisabled || !isLive(key.status)) {
      const reason = isLive(key.status) ? 'owner_disabled' : key.status;
      throw new AppError('AUTH_004', {
        suspect: { ownerId: key.ownerId, kind: 'api_key', credentialId: key.id, reason },
      });
    }
    return {
      principal: principalOf(key),
      dependsOn: [
        { kind: 'key', id: key.id },
        { kind: 'owner', id: key.ownerId },
      ],
    };
  }
}
