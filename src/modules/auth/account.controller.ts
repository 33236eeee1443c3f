import { Body, Controller, Get, Patch, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, RequiresSession } from '../../platform/access/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import { AccountService } from './account.service.js';
import { PasswordChange, UserChanges, UserView } from './auth.dto.js';
import { DeviceCookie } from './device-cookie.js';
import { loginOriginOf } from './login-origin.js';

@ApiTags('Account')
@Controller('api/auth')
export class AccountController {
  constructor(
    private readonly account: AccountService,
    private readonly devices: DeviceCookie,
  ) {}

  @Get('me')
  @RequiresSession()
  @ApiOperation({ operationId: 'getMe', summary: 'Your account' })
  @Answers(200, UserView, 'The account')
  me(@CurrentPrincipal() caller: Principal): Promise<z.infer<typeof UserView>> {
    return this.account.me(caller);
  }

  @Patch('me')
  @RequiresSession()
  @ApiOperation({ operationId: 'updateMe', summary: 'Change your name' })
  @Answers(200, UserView, 'The account as it is now')
  update(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: UserChanges }) body: z.infer<typeof UserChanges>,
  ): Promise<z.infer<typeof UserView>> {
    return this.account.update(caller, body);
  }

  @Post('password')
  @RequiresSession()
  @ApiOperation({ operationId: 'changePassword', summary: 'Change your password; every other session ends' })
  @AnswersNothing('Changed')
  @Refuses('AUTH_001', 'AUTH_007', 'REQ_006')
  changePassword(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: PasswordChange }) body: z.infer<typeof PasswordChange>,
    @Req() request: Request,
  ): Promise<void> {
    return this.account.changePassword(caller, body, loginOriginOf(request, this.devices));
  }
}
