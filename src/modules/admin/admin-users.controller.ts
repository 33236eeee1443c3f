import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { OptionalBody } from '../../platform/http/body/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import { KeyAdministration } from '../api-keys/index.js';
import {
  AdminUserPage,
  AdminUserView,
  OptionalReason,
  Reason,
  RevokedKeysView,
  RoleChange,
  UserQuery,
} from './admin-user.dto.js';
import { AdminUserActionsService } from './admin-user-actions.service.js';
import { AdminUsersService } from './admin-users.service.js';
import { Administration } from './administration.decorator.js';

@Administration('users')
export class AdminUsersController {
  constructor(
    private readonly users: AdminUsersService,
    private readonly actions: AdminUserActionsService,
    private readonly keys: KeyAdministration,
  ) {}

  @Get()
  @Requires('admin:users')
  @ApiOperation({ operationId: 'listUsers', summary: 'Search users, newest first' })
  @Answers(200, AdminUserPage, 'A page of users')
  list(@Query({ schema: UserQuery }) query: z.infer<typeof UserQuery>): Promise<Page<z.infer<typeof AdminUserView>>> {
    return this.users.list(query);
  }

  @Get(':id')
  @Requires('admin:users')
  @ApiOperation({ operationId: 'getUser', summary: 'Get a user' })
  @Answers(200, AdminUserView, 'The user')
  get(@Param('id', { schema: ResourceId }) id: string): Promise<z.infer<typeof AdminUserView>> {
    return this.users.get(id);
  }

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
    return this.actions.lock(caller, id, body.reason);
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
    return this.actions.unlock(caller, id, body.reason);
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
    return this.actions.disable(caller, id, body.reason);
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
    return this.actions.enable(caller, id, body.reason);
  }

  @Post(':id/role')
  @Requires('admin:users')
  @ApiOperation({ operationId: 'changeUserRole', summary: 'Make a user an administrator, or no longer one' })
  @Answers(200, AdminUserView, 'The user as it is now')
  @Refuses('REQ_006')
  changeRole(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: RoleChange }) body: z.infer<typeof RoleChange>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.actions.changeRole(caller, id, body);
  }

  @Post(':id/reset-mfa')
  @Requires('admin:users')
  @ApiOperation({ operationId: 'resetUserMfa', summary: 'Take the second factor away from a user who has lost it' })
  @Answers(200, AdminUserView, 'The user as it is now')
  @Refuses('REQ_006')
  resetMfa(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Reason }) body: z.infer<typeof Reason>,
  ): Promise<z.infer<typeof AdminUserView>> {
    return this.actions.resetMfa(caller, id, body.reason);
  }

  @Post(':id/end-sessions')
  @Requires('admin:users')
  @ApiOperation({ operationId: 'endUserSessions', summary: 'End all login sessions of a user' })
  @AnswersNothing('Ended')
  @Refuses('REQ_006')
  endSessions(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Reason }) body: z.infer<typeof Reason>,
  ): Promise<void> {
    return this.actions.endSessions(caller, id, body.reason);
  }

  @Post(':id/revoke-keys')
  @Requires('admin:keys')
  @ApiOperation({ operationId: 'revokeUserApiKeys', summary: 'Revoke all API keys of a user' })
  @Answers(200, RevokedKeysView, 'How many were revoked')
  async revokeKeys(
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: Reason }) body: z.infer<typeof Reason>,
  ): Promise<z.infer<typeof RevokedKeysView>> {
    return { revoked: await this.keys.revokeAllOf(id, body.reason) };
  }
}
