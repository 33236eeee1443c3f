import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, RequiresSession } from '../../platform/access/index.js';
import { Answers, AnswersNothing } from '../../platform/http/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import { LoginSessionPage, LoginSessionQuery, type LoginSessionView } from './auth.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Sessions')
@Controller('api/auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @RequiresSession()
  @ApiOperation({ operationId: 'listSessions', summary: 'List your live sessions, newest first' })
  @Answers(200, LoginSessionPage, 'A page of sessions')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: LoginSessionQuery }) query: z.infer<typeof LoginSessionQuery>,
  ): Promise<Page<z.infer<typeof LoginSessionView>>> {
    return this.sessions.list(caller, query);
  }

  @Delete(':id')
  @RequiresSession()
  @ApiOperation({ operationId: 'endSession', summary: 'End one of your sessions' })
  @AnswersNothing('Ended; also when it had ended before')
  end(@CurrentPrincipal() caller: Principal, @Param('id', { schema: ResourceId }) id: string): Promise<void> {
    return this.sessions.end(caller, id);
  }
}
