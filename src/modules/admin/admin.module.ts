import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/index.js';
import { AuthModule } from '../auth/index.js';
import { MfaModule } from '../mfa/index.js';
import { UsersModule } from '../users/index.js';
import './admin.events.js';
import './admin.permissions.js';
import { AdminKeysController } from './admin-keys.controller.js';
import { AdminPolicyController } from './admin-policy.controller.js';
import { AdminPolicyService } from './admin-policy.service.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminUserActionsService } from './admin-user-actions.service.js';
import { AdminUsersService } from './admin-users.service.js';
import { AdministrativeActs } from './administrative-act.js';

/** What administrators do to the others. */
@Module({
  imports: [UsersModule, MfaModule, AuthModule, ApiKeysModule],
  controllers: [AdminUsersController, AdminKeysController, AdminPolicyController],
  providers: [AdminUsersService, AdminUserActionsService, AdministrativeActs, AdminPolicyService],
})
export class AdminModule {}
