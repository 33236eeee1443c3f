import { Body, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../../platform/access/index.js';
import { Answers, AnswersNothing, Refuses } from '../../../platform/http/index.js';
import { ResourceId } from '../../../platform/http/validation/index.js';
import { KeyAdministration } from '../../api-keys/index.js';
import { Administration } from '../access/administration.decorator.js';
import { AdminUserView, Reason, RevokedKeysView, RoleChange } from './admin-user.dto.js';
import { ChangeUserRoleService } from './change-user-role.service.js';
import { EndUserSessionsService } from './end-user-sessions.service.js';
import { ResetUserMfaService } from './reset-user-mfa.service.js';

/** What a user may do, and what the user holds. */
@Administration('users')
export class AdminUserRightsController {
  constructor(
    private readonly changeUserRole: ChangeUserRoleService,
    private readonly resetUserMfa: ResetUserMfaService,
    private readonly endUserSessions: EndUserSessionsService,
    private readonly keys: KeyAdministration,
  ) {}

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
    return this.changeUserRole.change(caller, id, body);
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
    return this.resetUserMfa.reset(caller, id, body.reason);
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
    return this.endUserSessions.end(caller, id, body.reason);
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
