import { Body, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../../platform/access/index.js';
import { OptionalBody } from '../../../platform/http/body/index.js';
import { Answers, Refuses } from '../../../platform/http/index.js';
import { ResourceId } from '../../../platform/http/validation/index.js';
import { Administration } from '../access/administration.decorator.js';
import { AdminUserView, OptionalReason, Reason } from './admin-user.dto.js';
import { DisableUserService } from './disable-user.service.js';
import { EnableUserService } from './enable-user.service.js';
import { LockUserService } from './lock-user.service.js';
import { UnlockUserService } from './unlock-user.service.js';

/** Whether a user gets in at all. */
@Administration('users')
export class AdminUserAccessController {
  constructor(
    private readonly lockUser: LockUserService,
    private readonly unlockUser: UnlockUserService,
    private readonly disableUser: DisableUserService,
    private readonly enableUser: EnableUserService,
  ) {}

  @Post(':id/lock')
  @Requires('admin:users')
  @ApiOperation({ operationId: 'lockUser', summary: 'Let nobody log in to an account; sessions and keys go on' })
  @Answers(200, AdminUserView, 'The user as it is now')
  @Refuses('REQ_006')
  lock(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Reason }) body: z.infer<typeof Reason>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.lockUser.lock(caller, id, body.reason);
  }

  @Post(':id/unlock')
  @OptionalBody()
  @Requires('admin:users')
  @ApiOperation({ operationId: 'unlockUser', summary: 'Take back every lock of an account, and its failed logins' })
  @Answers(200, AdminUserView, 'The user as it is now')
  @Refuses('REQ_006')
  unlock(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: OptionalReason }) body: z.infer<typeof OptionalReason>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.unlockUser.unlock(caller, id, body.reason);
  }

  @Post(':id/disable')
  @Requires('admin:users')
  @ApiOperation({ operationId: 'disableUser', summary: 'End everything that a user holds' })
  @Answers(200, AdminUserView, 'The user as it is now')
  @Refuses('REQ_006')
  disable(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Reason }) body: z.infer<typeof Reason>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.disableUser.disable(caller, id, body.reason);
  }

  @Post(':id/enable')
  @OptionalBody()
  @Requires('admin:users')
  @ApiOperation({ operationId: 'enableUser', summary: 'Let a disabled user in again' })
  @Answers(200, AdminUserView, 'The user as it is now')
  @Refuses('REQ_006')
  enable(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: OptionalReason }) body: z.infer<typeof OptionalReason>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.enableUser.enable(caller, id, body.reason);
  }
}
