import { Module } from '@nestjs/common';
import { ServiceAccountsModule } from '../service-accounts/index.js';
import { ClientAssertions } from './clients/client-assertions.js';
import { ClientAuthentication } from './clients/client-authentication.js';
import { ClientDirectory } from './clients/client-directory.js';
import { ClientEndService } from './clients/client-end.service.js';
import { ClientSecretsService } from './clients/client-secrets.service.js';
import { MintedClients } from './clients/minted-clients.js';
import { OAuthClientsController } from './clients/oauth-clients.controller.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { GrantEnds } from './consent/grant-ends.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { GrantHandlers } from './grants/grant-handlers.js';
import { JwtBearerGrant } from './grants/jwt-bearer.grant.js';
import { TokenController } from './token.controller.js';
import { AccessTokenStrategy } from './tokens/access-token.strategy.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { KnownTokens } from './tokens/known-tokens.js';
import { SigningKeys } from './tokens/signing-keys.js';

/** The OAuth 2.0 authorization server: clients, consent, and tokens for them. */
@Module({
  imports: [ServiceAccountsModule],
  controllers: [OAuthClientsController, TokenController],
  providers: [
    OAuthClientsService,
    ClientSecretsService,
    ClientEndService,
    MintedClients,
    ClientDirectory,
    ClientAssertions,
    ClientAuthentication,
    GrantEnds,
    GrantHandlers,
    JwtBearerGrant,
    ClientCredentialsGrant,
    SigningKeys,
    AccessTokens,
    KnownTokens,
    AccessTokenStrategy,
  ],
})
export class OAuthModule {}
