import { Module } from '@nestjs/common';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeySigningSecrets } from './signing-secret.js';

/** API keys. */
@Module({ controllers: [ApiKeysController], providers: [ApiKeysService, ApiKeyStrategy, ApiKeySigningSecrets] })
export class ApiKeysModule {}
