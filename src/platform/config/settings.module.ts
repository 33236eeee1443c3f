import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Sealer } from '../../kernel/crypto/seal.js';
import { CONFIG, type Config } from './config.js';
import { SECRETS, type Secrets } from './secrets.js';

/** Makes the settings, and what the secrets seal with, available everywhere. */
@Global()
@Module({})
export class SettingsModule {
  static forRoot(config: Config, secrets: Secrets): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: SECRETS, useValue: secrets },
        { provide: Sealer, useValue: secrets.sealer },
      ],
      exports: [CONFIG, SECRETS, Sealer],
    };
  }
}
