import { Get, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../../../platform/access/index.js';
import { Answers } from '../../../platform/http/index.js';
import type { Page } from '../../../platform/http/paging/index.js';
import { ResourceId } from '../../../platform/http/validation/index.js';
import { Administration } from '../access/administration.decorator.js';
import { AdminUserPage, AdminUserView, UserQuery } from './admin-user.dto.js';
import { AdminUsersService } from './admin-users.service.js';

@Administration('users')
export class AdminUsersController {
  constructor(private readonly users: AdminUsersService) {}

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
}
