import { Module } from '@nestjs/common';
import './service-account.events.js';
import './service-account.permissions.js';
import { AccountSigners } from './account-signers.js';
import { AccountSuspects } from './account-suspects.js';
import { AssertionsService } from './assertions.service.js';
import { MintedAccounts } from './minted-accounts.js';
import { ServiceAccountKeysService } from './service-account-keys.service.js';
import { ServiceAccountTokens } from './service-account-tokens.js';
import { ServiceAccountStrategy } from './service-account.strategy.js';
import { ServiceAccountsController } from './service-accounts.controller.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** Robots, their key pairs and tokens. */
@Module({
  controllers: [ServiceAccountsController],
  providers: [
    ServiceAccountsService,
    ServiceAccountKeysService,
    AssertionsService,
    MintedAccounts,
    AccountSigners,
    AccountSuspects,
    ServiceAccountTokens,
    ServiceAccountStrategy,
  ],
  exports: [AssertionsService, AccountSuspects, ServiceAccountTokens],
})
export class ServiceAccountsModule {}
