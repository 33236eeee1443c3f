import { Module } from '@nestjs/common';
import { ServiceAccountsModule } from '../service-accounts/index.js';
import { GrantHandlers } from './grants/grant-handlers.js';
import { JwtBearerGrant } from './grants/jwt-bearer.grant.js';
import { TokenController } from './token.controller.js';

/** OAuth 2.0: the token endpoint and its grants. */
@Module({
  imports: [ServiceAccountsModule],
  controllers: [TokenController],
  providers: [GrantHandlers, JwtBearerGrant],
})
export class OAuthModule {}
