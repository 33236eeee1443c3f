import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Public } from '../../platform/access/index.js';
import { Answers, Refuses } from '../../platform/http/openapi/answer.decorators.js';
import { LoginLimited } from '../../platform/limits/index.js';
import { Login, Registration, type SessionAnswer, SessionView } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { BrowserLogin } from './browser-login.js';
import type { SessionOrigin } from './sessions.service.js';

function originOf(request: Request): SessionOrigin {
  return { ip: request.context.address?.text ?? null, userAgent: request.headers['user-agent'] ?? null };
}

@ApiTags('Sessions')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly browserLogin: BrowserLogin,
  ) {}

  @Post('register')
  @Public()
  @LoginLimited()
  @ApiOperation({ operationId: 'register', summary: 'Create an account and log in' })
  @Answers(201, SessionView, 'The account and its first session')
  @Refuses('REQ_006')
  register(
    @Body({ schema: Registration }) body: z.infer<typeof Registration>,
    @Req() request: Request,
  ): Promise<SessionAnswer> {
    return this.auth.register(body, originOf(request));
  }

  @Post('login')
  @Public()
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
    const { session, answer } = await this.auth.login(body, originOf(request));
    if (body.cookie) this.browserLogin.leaveCookie(response, session);
    return answer;
  }
}
