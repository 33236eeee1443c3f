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
import { AdminUsersController } from './users/admin-users.controller.js';
import { AdminUserActionsService } from './users/admin-user-actions.service.js';
import { AdminUsersService } from './users/admin-users.service.js';
import { AdministrativeActService } from './users/administrative-act.service.js';

/** What administrators do to the others. */
@Module({
  imports: [UsersModule, MfaModule, AuthModule, ApiKeysModule],
  controllers: [AdminUsersController, AdminKeysController, AdminPolicyController],
  providers: [AdminUsersService, AdminUserActionsService, AdministrativeActService, AdminPolicyService],
})
export class AdminModule {}
