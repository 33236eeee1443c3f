import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, RequiresSession } from '../../../platform/access/index.js';
import { Answers, AnswersNothing } from '../../../platform/http/index.js';
import type { Page } from '../../../platform/http/paging/index.js';
import { ResourceId } from '../../../platform/http/validation/index.js';
import { OAuthGrantPage, OAuthGrantQuery, type OAuthGrantView } from './oauth-grant.dto.js';
import { OAuthGrantsService } from './oauth-grants.service.js';

@ApiTags('OAuth grants')
@Controller('api/oauth/grants')
export class OAuthGrantsController {
  constructor(private readonly grants: OAuthGrantsService) {}

  @Get()
  @RequiresSession()
  @ApiOperation({ operationId: 'listOAuthGrants', summary: 'List the applications that you let act for you' })
  @Answers(200, OAuthGrantPage, 'A page of grants, newest first')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: OAuthGrantQuery }) query: z.infer<typeof OAuthGrantQuery>,
  ): Promise<Page<z.infer<typeof OAuthGrantView>>> {
    return this.grants.list(caller, query);
  }

  @Delete(':id')
  @RequiresSession()
  @ApiOperation({ operationId: 'revokeOAuthGrant', summary: 'Take back what an application may do' })
  @AnswersNothing('Every token of it is dead, everywhere; also when it was taken back before')
  revoke(@CurrentPrincipal() caller: Principal, @Param('id', { schema: ResourceId }) id: string): Promise<void> {
    return this.grants.revoke(caller, id);
  }
}
