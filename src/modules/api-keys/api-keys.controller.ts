import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires, RequiresSession, RequiresStepUp } from '../../platform/access/index.js';
import { Idempotent } from '../../platform/idempotency/index.js';
import { OptionalBody } from '../../platform/http/body/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import { ApiKeyChanges, ApiKeyPage, ApiKeyQuery, ApiKeyView, MintedApiKeyView, NewApiKey } from './api-key.dto.js';
import { ApiKeyChangesService } from './api-key-changes.service.js';
import { RevocationQuery, Rotation, RotationProgressView } from './api-key-end.dto.js';
import { ApiKeyRevocationService } from './api-key-revocation.service.js';
import { ApiKeyRotationService } from './api-key-rotation.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyReleaseService } from './protection/api-key-release.service.js';
import { RotationProgressService } from './rotation-progress.service.js';

@ApiTags('API keys')
@Controller('api/keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly changes: ApiKeyChangesService,
    private readonly rotation: ApiKeyRotationService,
    private readonly rotationProgress: RotationProgressService,
    private readonly revocation: ApiKeyRevocationService,
    private readonly releasing: ApiKeyReleaseService,
  ) {}

  @Post()
  @Requires('write:keys')
  @RequiresStepUp()
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'createApiKey', summary: 'Mint an API key' })
  @Answers(201, MintedApiKeyView, 'The key; `key` and `api_secret` are shown only here')
  @Refuses('REQ_006')
  create(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewApiKey }) body: z.infer<typeof NewApiKey>,
  ): Promise<z.infer<typeof MintedApiKeyView>> {
    return this.keys.create(caller, body);
  }

  @Get()
  @Requires('read:keys')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'List your API keys, newest first' })
  @Answers(200, ApiKeyPage, 'A page of keys')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: ApiKeyQuery }) query: z.infer<typeof ApiKeyQuery>,
  ): Promise<Page<z.infer<typeof ApiKeyView>>> {
    return this.keys.list(caller, query);
  }

  @Get(':id')
  @Requires('read:keys')
  @ApiOperation({ operationId: 'getApiKey', summary: 'Get an API key' })
  @Answers(200, ApiKeyView, 'The key')
  get(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof ApiKeyView>> {
    return this.keys.get(caller, id);
  }

  @Patch(':id')
  @Requires('write:keys')
  @ApiOperation({ operationId: 'updateApiKey', summary: 'Change an API key' })
  @Answers(200, ApiKeyView, 'The key as it is now')
  @Refuses('REQ_006', 'AUTH_006')
  update(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: ApiKeyChanges }) body: z.infer<typeof ApiKeyChanges>,
  ): Promise<z.infer<typeof ApiKeyView>> {
    return this.changes.update(caller, id, body);
  }

  @Post(':id/rotate')
  @OptionalBody()
  @Requires('write:keys')
  @RequiresStepUp()
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'rotateApiKey', summary: 'Replace an API key; the old one works on for a while' })
  @Answers(201, MintedApiKeyView, 'The new key; `key` and `api_secret` are shown only here')
  @Refuses('REQ_006')
  rotate(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Rotation }) body: z.infer<typeof Rotation>,
  ): Promise<z.infer<typeof MintedApiKeyView>> {
    return this.rotation.rotate(caller, id, body.grace_period_hours);
  }

  @Get(':id/rotation')
  @Requires('read:keys')
  @ApiOperation({ operationId: 'getApiKeyRotation', summary: 'See who still uses a key that is on its way out' })
  @Answers(200, RotationProgressView, 'Who uses the old key')
  progress(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof RotationProgressView>> {
    return this.rotationProgress.of(caller, id);
  }

  @Post(':id/release')
  @RequiresSession()
  @ApiOperation({ operationId: 'releaseApiKey', summary: 'Let a quarantined API key work again' })
  @Answers(200, ApiKeyView, 'The key as it is now')
  @Refuses('REQ_006', 'AUTH_006')
  release(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof ApiKeyView>> {
    return this.releasing.release(caller, id);
  }

  @Delete(':id')
  @Requires('write:keys')
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key, at once or later' })
  @AnswersNothing('Revoked or scheduled; also when it was revoked before')
  revoke(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Query({ schema: RevocationQuery }) query: z.infer<typeof RevocationQuery>,
  ): Promise<void> {
    return this.revocation.revoke(caller, id, query);
  }
}
