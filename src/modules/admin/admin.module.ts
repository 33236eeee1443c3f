import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/index.js';
import { AuthModule } from '../auth/index.js';
import { MfaModule } from '../mfa/index.js';
import { UsersModule } from '../users/index.js';
import './admin.events.js';
import './admin.permissions.js';
import { AdminKeysController } from './keys/admin-keys.controller.js';
import { AdminPolicyController } from './policy/admin-policy.controller.js';
import { AdminPolicyService } from './policy/admin-policy.service.js';
import { PolicyChangeRules } from './policy/policy-change-rules.js';
import { UpdatePolicyService } from './policy/update-policy.service.js';
import { AdminUserAccessController } from './users/admin-user-access.controller.js';
import { AdminUserRightsController } from './users/admin-user-rights.controller.js';
import { AdminUsersController } from './users/admin-users.controller.js';
import { AdminUsersService } from './users/admin-users.service.js';
import { AdministrativeActService } from './users/administrative-act.service.js';
import { ChangeUserRoleService } from './users/change-user-role.service.js';
import { DisableUserService } from './users/disable-user.service.js';
import { EnableUserService } from './users/enable-user.service.js';
import { EndUserSessionsService } from './users/end-user-sessions.service.js';
import { LockUserService } from './users/lock-user.service.js';
import { ResetUserMfaService } from './users/reset-user-mfa.service.js';
import { UnlockUserService } from './users/unlock-user.service.js';

/** What administrators do to the others. */
@Module({
  imports: [UsersModule, MfaModule, AuthModule, ApiKeysModule],
  controllers: [
    AdminUsersController,
    AdminUserAccessController,
    AdminUserRightsController,
    AdminKeysController,
    AdminPolicyController,
  ],
  providers: [
    AdminUsersService,
    AdministrativeActService,
    LockUserService,
    UnlockUserService,
    DisableUserService,
    EnableUserService,
    ChangeUserRoleService,
    ResetUserMfaService,
    EndUserSessionsService,
    AdminPolicyService,
    UpdatePolicyService,
    PolicyChangeRules,
  ],
})
export class AdminModule {}
