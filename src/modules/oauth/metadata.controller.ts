import type { JsonWebKey } from 'node:crypto';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ALGORITHM_NAMES } from '../../kernel/jose/verification-key.js';
import { Public } from '../../platform/access/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Answers } from '../../platform/http/index.js';
import { PROMPTS } from './authorize/authorization-request.js';
import { CLIENT_AUTH_METHODS } from './clients/oauth-client.entity.js';
import { endpointsOf } from './endpoints.js';
import { GrantHandlers } from './grants/grant-handlers.js';
import { scopeNames } from './scopes.js';
import { SigningKeys } from './tokens/signing-keys.js';

/** By what names client assertions may call the algorithm of their key. */
const ASSERTION_ALGORITHMS = Object.values(ALGORITHM_NAMES).flat().map(String);

const MetadataView = z
  .looseObject({ issuer: z.string(), authorization_endpoint: z.string(), token_endpoint: z.string() })
  .meta({ id: 'AuthorizationServerMetadata' });

const JwksView = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'Jwks' });

/** What is published is for pages of any origin to embed. */
function ForEveryOrigin(): MethodDecorator {
  return Header('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** What clients find out for themselves. */
@ApiTags('OAuth')
@Controller()
export class MetadataController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly grants: GrantHandlers,
    private readonly keys: SigningKeys,
  ) {}

  @Get('.well-known/oauth-authorization-server')
  @Public()
  @ForEveryOrigin()
  @ApiOperation({ operationId: 'getAuthorizationServerMetadata', summary: 'Metadata of the server (RFC 8414)' })
  @Answers(200, MetadataView, 'The metadata')
  authorizationServer(): z.infer<typeof MetadataView> {
    const at = endpointsOf(this.config);
    const withoutPublic = CLIENT_AUTH_METHODS.filter((method) => method !== 'none');
    return {
      issuer: at.issuer,
      authorization_endpoint: at.authorization,
      token_endpoint: at.token,
      revocation_endpoint: at.revocation,
      introspection_endpoint: at.introspection,
      jwks_uri: at.jwks,
      scopes_supported: [...scopeNames()],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: this.grants.names(),
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: [...CLIENT_AUTH_METHODS],
      token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      revocation_endpoint_auth_methods_supported: [...CLIENT_AUTH_METHODS],
      revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      introspection_endpoint_auth_methods_supported: withoutPublic,
      introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      authorization_response_iss_parameter_supported: true,
      service_documentation: `${at.issuer}/docs`,
    };
  }

  @Get('.well-known/openid-configuration')
  @Public()
  @ForEveryOrigin()
  @ApiOperation({ operationId: 'getOpenIdConfiguration', summary: 'The same for OpenID Connect Discovery' })
  @Answers(200, MetadataView, 'The metadata')
  openIdConfiguration(): z.infer<typeof MetadataView> {
    return {
      ...this.authorizationServer(),
      userinfo_endpoint: endpointsOf(this.config).userinfo,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      prompt_values_supported: [...PROMPTS],
      claims_supported: [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'nonce',
        'at_hash',
        'name',
        'email',
        'email_verified',
      ],
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    };
  }

  @Get('oauth/jwks')
  @Public()
  @ForEveryOrigin()
  @ApiOperation({ operationId: 'getJwks', summary: 'The public keys of the server (RFC 7517)' })
  @Answers(200, JwksView, 'The keys that ID tokens and JWT access tokens are signed with')
  async jwks(): Promise<{ keys: JsonWebKey[] }> {
    return { keys: await this.keys.published() };
  }
}
