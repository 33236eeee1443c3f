import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires, RequiresStepUp } from '../../../platform/access/index.js';
import { OptionalBody } from '../../../platform/http/body/index.js';
import { Idempotent } from '../../../platform/idempotency/index.js';
import { Answers, AnswersNothing, Refuses } from '../../../platform/http/index.js';
import type { Page } from '../../../platform/http/paging/index.js';
import { ResourceId } from '../../../platform/http/validation/index.js';
import { ClientEndService } from './client-end.service.js';
import { ClientSecretsService } from './client-secrets.service.js';
import {
  ClientSecretRotation,
  NewOAuthClient,
  OAuthClientChanges,
  OAuthClientDeletion,
  OAuthClientPage,
  OAuthClientQuery,
  OAuthClientView,
  OAuthClientWithSecretView,
} from './oauth-client.dto.js';
import { OAuthClientsService } from './oauth-clients.service.js';

@ApiTags('OAuth clients')
@Controller('api/oauth/clients')
export class OAuthClientsController {
  constructor(
    private readonly clients: OAuthClientsService,
    private readonly secrets: ClientSecretsService,
    private readonly ends: ClientEndService,
  ) {}

  @Post()
  @Requires('write:oauth_clients')
  @RequiresStepUp()
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'createOAuthClient', summary: 'Register an application' })
  @Answers(201, OAuthClientWithSecretView, 'The client; `client_secret` is shown only here')
  @Refuses('REQ_006')
  create(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewOAuthClient }) body: z.infer<typeof NewOAuthClient>,
  ): Promise<z.infer<typeof OAuthClientWithSecretView>> {
    return this.clients.create(caller, body);
  }

  @Get()
  @Requires('read:oauth_clients')
  @ApiOperation({ operationId: 'listOAuthClients', summary: 'List your OAuth clients, newest first' })
  @Answers(200, OAuthClientPage, 'A page of clients')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: OAuthClientQuery }) query: z.infer<typeof OAuthClientQuery>,
  ): Promise<Page<z.infer<typeof OAuthClientView>>> {
    return this.clients.list(caller, query);
  }

  @Get(':id')
  @Requires('read:oauth_clients')
  @ApiOperation({ operationId: 'getOAuthClient', summary: 'Get an OAuth client' })
  @Answers(200, OAuthClientView, 'The client')
  get(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof OAuthClientView>> {
    return this.clients.get(caller, id);
  }

  @Patch(':id')
  @Requires('write:oauth_clients')
  @Refuses('AUTH_006')
  @ApiOperation({ operationId: 'updateOAuthClient', summary: 'Change an OAuth client' })
  @Answers(200, OAuthClientView, 'The client as it is now; narrower scopes hold for tokens in use as well')
  update(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: OAuthClientChanges }) body: z.infer<typeof OAuthClientChanges>,
  ): Promise<z.infer<typeof OAuthClientView>> {
    return this.clients.update(caller, id, body);
  }

  @Post(':id/rotate-secret')
  @OptionalBody()
  @Requires('write:oauth_clients')
  @RequiresStepUp()
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'rotateOAuthClientSecret', summary: 'Give an OAuth client a new secret' })
  @Answers(201, OAuthClientWithSecretView, 'The client; `client_secret` is shown only here')
  @Refuses('REQ_006')
  rotateSecret(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: ClientSecretRotation }) body: z.infer<typeof ClientSecretRotation>,
  ): Promise<z.infer<typeof OAuthClientWithSecretView>> {
    return this.secrets.rotate(caller, id, body);
  }

  @Delete(':id')
  @Requires('write:oauth_clients')
  @ApiOperation({ operationId: 'deleteOAuthClient', summary: 'Delete an OAuth client' })
  @AnswersNothing('Deleted with all grants and tokens that it holds; also when it was deleted before')
  delete(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Query({ schema: OAuthClientDeletion }) query: z.infer<typeof OAuthClientDeletion>,
  ): Promise<void> {
    return this.ends.delete(caller, id, query.cascade);
  }
}
