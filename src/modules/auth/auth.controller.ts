import { Body, Controller, Get, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Public, RequiresCredential, RequiresSession } from '../../platform/access/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import { LoginLimited } from '../../platform/limits/index.js';
import { QuotaLeases } from '../../platform/metering/index.js';
import { HashingRoomGuard } from '../users/index.js';
import { CallerView, Login, Refresh, Registration, type SessionAnswer, SessionView } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { viewCaller } from './caller.view.js';
import { BrowserLogin } from './browser-login.js';
import { DeviceCookie } from './device-cookie.js';
import { loginOriginOf } from './login-origin.js';
import { SessionRefresh } from './session-refresh.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Sessions')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly refreshes: SessionRefresh,
    private readonly sessions: SessionsService,
    private readonly devices: DeviceCookie,
    private readonly quotas: QuotaLeases,
    private readonly browserLogin: BrowserLogin,
  ) {}

  @Post('register')
  @Public()
  @LoginLimited()
  @ApiOperation({ operationId: 'register', summary: 'Create an account and log in' })
  @Answers(201, SessionView, 'The account and its first session')
  @Refuses('REQ_006')
  async register(
    @Body({ schema: Registration }) body: z.infer<typeof Registration>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionAnswer> {
    const answer = await this.auth.register(body, loginOriginOf(request, this.devices));
    this.devices.give(request, response, answer.user.id);
    return answer;
  }

  @Post('login')
  @Public()
  @UseGuards(HashingRoomGuard)
  @LoginLimited({ refusedBy: 'handler' })
  @ApiOperation({ operationId: 'login', summary: 'Log in with e-mail and password' })
  @Answers(200, SessionView, 'A new session')
  @Refuses('AUTH_001', 'AUTH_006', 'AUTH_007', 'AUTH_010')
  async login(
    @Body({ schema: Login }) body: z.infer<typeof Login>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionAnswer> {
    if (body.cookie) this.browserLogin.assertAllowed(request);
    const { session, answer } = await this.auth.login(body, loginOriginOf(request, this.devices));
    if (body.cookie) this.browserLogin.leaveCookie(response, session);
    this.devices.give(request, response, answer.user.id);
    return answer;
  }

  @Post('refresh')
  @Public()
  @ApiOperation({
    operationId: 'refreshToken',
    summary: 'Exchange a refresh token for new tokens',
    description:
      'Spends the refresh token: store the new one before anything else. Presented again within 60 seconds a spent ' +
      'token gives the same successor (a lost answer, a second tab); anything older ends the session.',
  })
  @Answers(200, SessionView, 'New tokens of the same session')
  @Refuses('AUTH_002', 'AUTH_003')
  refresh(@Body({ schema: Refresh }) body: z.infer<typeof Refresh>): Promise<SessionAnswer> {
    return this.refreshes.refresh(body.refresh_token);
  }

  @Post('logout')
  @RequiresSession()
  @ApiOperation({ operationId: 'logout', summary: 'End this session' })
  @AnswersNothing('Its access and refresh token are dead, everywhere; using them again is AUTH_002')
  async logout(@CurrentPrincipal() caller: Principal, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.end(caller, caller.credentialId);
    this.browserLogin.leave(response, caller);
  }

  @Post('logout-all')
  @RequiresSession()
  @ApiOperation({ operationId: 'logoutAll', summary: 'End all of your sessions, this one too' })
  @AnswersNothing('All access and refresh tokens are dead; API keys live on')
  async logoutAll(
    @CurrentPrincipal() caller: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.sessions.endAll(caller);
    this.browserLogin.leave(response, caller);
  }

  @Get('whoami')
  @RequiresCredential()
  @ApiOperation({ operationId: 'whoami', summary: 'What the credential of this request is and may do' })
  @Answers(200, CallerView, 'The credential')
  async whoami(@CurrentPrincipal() caller: Principal): Promise<z.infer<typeof CallerView>> {
    return viewCaller(caller, caller.quota ? await this.quotas.remaining(caller.quota) : null);
  }
}
