import { Module } from '@nestjs/common';
import { CommonPasswords } from './common-passwords.js';
import { FirstAdministrator } from './first-administrator.js';
import { Lockout } from './lockout/lockout.js';
import { PurgeLoginFailures } from './lockout/purge-login-failures.js';
import { PasswordHasher } from './password-hasher.js';
import { Passwords } from './passwords.js';
import { UserAdministration } from './user-administration.js';
import { UsersService } from './users.service.js';

/** People, their passwords and roles, and who is locked out. */
@Module({
  providers: [
    UsersService,
    Passwords,
    PasswordHasher,
    CommonPasswords,
    Lockout,
    PurgeLoginFailures,
    FirstAdministrator,
    UserAdministration,
  ],
  exports: [UserAdministration, UsersService, Passwords, Lockout, FirstAdministrator],
})
export class UsersModule {}
