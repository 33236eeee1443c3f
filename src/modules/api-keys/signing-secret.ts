import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { SigningSecrets, type SigningSecretSource } from '../../platform/signing/index.js';
import { Database } from '../../platform/database/index.js';
import { SealedValues } from '../../platform/sealing/index.js';
import { sealContextOf } from './issue-api-key.js';

const FIND_SECRET = {
  name: 'find-api-key-secret',
  text: 'select api_secret_sealed from api_keys where owner_id = $1 and id = $2',
};

const UNREADABLE = 'The signing secret of this API key cannot be read, so no signature can be checked. Rotate the key.';

/** Opens the signing secrets of API keys. */
@Injectable()
export class ApiKeySigningSecrets implements SigningSecretSource {
  constructor(
    secrets: SigningSecrets,
    private readonly database: Database,
    private readonly values: SealedValues,
  ) {
    secrets.register(this);
  }

  async load({ userId, credentialId }: Principal): Promise<KeyObject> {
    const { rows } = await this.database.query<{ api_secret_sealed: string }>(FIND_SECRET, [userId, credentialId]);
    const [row] = rows;
    // deleted since it verified
    if (!row) throw new AppError('AUTH_004');
    return createSecretKey(this.values.open(row.api_secret_sealed, sealContextOf(credentialId, userId), UNREADABLE));
  }
}
