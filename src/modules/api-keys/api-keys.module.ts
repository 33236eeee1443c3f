import { Module } from '@nestjs/common';
import { SealedColumns } from '../../platform/sealing/index.js';
import './api-key.events.js';
import './api-key.permissions.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { ApiKeyChangesService } from './api-key-changes.service.js';
import { ApiKeyRevocationService } from './api-key-revocation.service.js';
import { ApiKeyRotationService } from './api-key-rotation.service.js';
import { ApiKeyVerificationController } from './api-key-verification.controller.js';
import { ApiKeyVerificationService } from './api-key-verification.service.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { DueKeys } from './due-keys.js';
import { LeakReportsController } from './leaks/leak-reports.controller.js';
import { LeakReportsService } from './leaks/leak-reports.service.js';
import { KeyAdministration } from './key-administration.js';
import { PolicyCheck } from './policy-check.js';
import { MintedKeys } from './minted-keys.js';
import { AlarmResponse } from './protection/alarm-response.js';
import { ApiKeyReleaseService } from './protection/api-key-release.service.js';
import { KeyContainment } from './protection/key-containment.js';
import { KeyProtectionController } from './protection/key-protection.controller.js';
import { KeyProtectionService } from './protection/key-protection.service.js';
import { RotationProgressService } from './rotation-progress.service.js';
import { ApiKeySigningSecrets } from './signing-secret.js';
import { StoredKeys } from './stored-keys.js';

/** API keys. */
@Module({
  controllers: [ApiKeysController, ApiKeyVerificationController, LeakReportsController, KeyProtectionController],
  providers: [
    ApiKeysService,
    ApiKeyChangesService,
    ApiKeyRotationService,
    RotationProgressService,
    ApiKeyRevocationService,
    ApiKeyVerificationService,
    ApiKeyStrategy,
    ApiKeySigningSecrets,
    StoredKeys,
    MintedKeys,
    DueKeys,
    KeyContainment,
    AlarmResponse,
    KeyProtectionService,
    ApiKeyReleaseService,
    LeakReportsService,
    PolicyCheck,
    KeyAdministration,
  ],
  exports: [KeyAdministration],
})
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
