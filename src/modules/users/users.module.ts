import { Module } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';
import { UsersService } from './users.service.js';

/** People, their passwords and roles. */
@Module({ providers: [UsersService, PasswordHasher], exports: [UsersService] })
export class UsersModule {}
