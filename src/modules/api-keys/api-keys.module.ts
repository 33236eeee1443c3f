import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';

/** API keys. */
@Module({ controllers: [ApiKeysController], providers: [ApiKeysService, ApiKeyStrategy] })
export class ApiKeysModule {
  constructor(sealed: SealedColumns) {
    sealed.register({
      table: 'api_keys',
      column: 'api_secret_sealed',
      purpose: 'api-key-secret',
      rowColumn: 'id',
      ownerColumn: 'owner_id',
    });
  }
}
