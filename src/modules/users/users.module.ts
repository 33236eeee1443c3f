import { Module } from '@nestjs/common';
import { RowRetention } from '../../platform/metering/index.js';
import './user.events.js';
import { CommonPasswords } from './common-passwords.js';
import { FirstAdministrator } from './first-administrator.js';
import { Lockout } from './lockout/lockout.js';
import { LONGEST_LOCK_MS } from './lockout/lockout-rules.js';
import { NETWORK_MEMORY_MS } from './known-networks.js';
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
    FirstAdministrator,
    UserAdministration,
  ],
  exports: [UserAdministration, UsersService, Passwords, PasswordHasher, Lockout, FirstAdministrator],
})
export class UsersModule {
  constructor(retention: RowRetention) {
    retention.keep(
      // the longest lock may have begun with the last failure, and its doubling is remembered as long again
      { table: 'login_failures', column: 'updated_at', keptMs: 2 * LONGEST_LOCK_MS },
      { table: 'known_networks', column: 'last_seen_at', keptMs: NETWORK_MEMORY_MS },
    );
  }
}
