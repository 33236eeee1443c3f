import { Module } from '@nestjs/common';
import { CsrfModule } from '../../platform/csrf/index.js';
import { RowRetention } from '../../platform/metering/index.js';
import { AuthModule } from '../auth/index.js';
import { MfaModule } from '../mfa/index.js';
import { ServiceAccountsModule } from '../service-accounts/index.js';
import { UsersModule } from '../users/index.js';
import './oauth.events.js';
import './oauth.permissions.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { AuthorizeForms } from './authorize/authorize-forms.js';
import { AuthorizeService } from './authorize/authorize.service.js';
import { FormTokens } from './authorize/form-tokens.js';
import { PageAnswers } from './authorize/page-answers.js';
import { ClientAdmission } from './clients/client-admission.js';
import { ClientAssertions } from './clients/client-assertions.js';
import { ClientAuthentication } from './clients/client-authentication.js';
import { ClientDirectory } from './clients/client-directory.js';
import { ClientEndService } from './clients/client-end.service.js';
import { ClientSecretsService } from './clients/client-secrets.service.js';
import { MintedClients } from './clients/minted-clients.js';
import { OAuthClientsController } from './clients/oauth-clients.controller.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { Consents } from './consent/consents.js';
import { GrantEnds } from './consent/grant-ends.js';
import { OAuthGrantsController } from './consent/oauth-grants.controller.js';
import { OAuthGrantsService } from './consent/oauth-grants.service.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.grant.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { GrantHandlers } from './grants/grant-handlers.js';
import { JwtBearerGrant } from './grants/jwt-bearer.grant.js';
import { RefreshTokenGrant } from './grants/refresh-token.grant.js';
import { IntrospectionController } from './introspection.controller.js';
import { MetadataController } from './metadata.controller.js';
import { RevocationController } from './revocation.controller.js';
import { TokenController } from './token.controller.js';
import { AccessTokenStrategy } from './tokens/access-token.strategy.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { Authorizations } from './tokens/authorizations.js';
import { IdTokens } from './tokens/id-tokens.js';
import { KnownTokens } from './tokens/known-tokens.js';
import { SigningKeyRotation } from './tokens/signing-key-rotation.js';
import { SigningKeyStore } from './tokens/signing-key-store.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { TokenIntrospection } from './tokens/token-introspection.js';
import { TokenRevocation } from './tokens/token-revocation.js';
import { UserinfoController } from './userinfo.controller.js';

const DAY_MS = 24 * 60 * 60 * 1000;

const CONTROLLERS = [
  OAuthClientsController,
  OAuthGrantsController,
  AuthorizeController,
  TokenController,
  RevocationController,
  IntrospectionController,
  UserinfoController,
  MetadataController,
];

const CLIENTS = [
  OAuthClientsService,
  ClientSecretsService,
  ClientEndService,
  MintedClients,
  ClientDirectory,
  ClientAssertions,
  ClientAuthentication,
  ClientAdmission,
];

const PAGES = [AuthorizeService, AuthorizeForms, PageAnswers, FormTokens];

const GRANTS = [
  Consents,
  GrantEnds,
  OAuthGrantsService,
  GrantHandlers,
  AuthorizationCodeGrant,
  RefreshTokenGrant,
  ClientCredentialsGrant,
  JwtBearerGrant,
];

const TOKENS = [
  SigningKeyStore,
  SigningKeyRotation,
  SigningKeys,
  AccessTokens,
  KnownTokens,
  AccessTokenStrategy,
  Authorizations,
  IdTokens,
  TokenRevocation,
  TokenIntrospection,
];

/** The OAuth 2.0 authorization server: clients, consent, and tokens for them. */
@Module({
  imports: [UsersModule, MfaModule, AuthModule, ServiceAccountsModule, CsrfModule],
  controllers: CONTROLLERS,
  providers: [...CLIENTS, ...PAGES, ...GRANTS, ...TOKENS],
})
export class OAuthModule {
  constructor(retention: RowRetention) {
    retention.keep(
      { table: 'oauth_access_tokens', column: 'expires_at', keptMs: 0 },
      // a code or refresh token that turns up again is recognised for a day after all of its tokens have ended
      { table: 'oauth_authorizations', column: 'kept_until', keptMs: DAY_MS },
      { table: 'oauth_signing_keys', column: 'published_until', keptMs: 0 },
      { table: 'oauth_grants', column: 'revoked_at', keptMs: 30 * DAY_MS },
      { table: 'oauth_clients', column: 'deleted_at', keptMs: 30 * DAY_MS },
    );
  }
}
