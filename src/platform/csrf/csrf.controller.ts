import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Public } from '../access/index.js';
import { Answers } from '../http/index.js';
import { CsrfCookie } from './csrf-cookie.js';
import { CsrfTokens } from './csrf-tokens.js';

const CsrfTokenView = z
  .object({ csrf_token: z.string().meta({ description: 'Send it in `X-CSRF-Token`; good for 12 hours at least.' }) })
  .meta({ id: 'CsrfToken' });

@ApiTags('Sessions')
@Controller('api/csrf-token')
export class CsrfController {
  constructor(
    private readonly tokens: CsrfTokens,
    private readonly cookie: CsrfCookie,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'getCsrfToken',
    summary: 'Get a CSRF token',
    description:
      'Bound to the session that the request shows, else to the browser by the cookie `kindly_csrf`; so get a new one after login.',
  })
  @Answers(200, CsrfTokenView, 'A token')
  get(@Req() request: Request, @Res({ passthrough: true }) response: Response): z.infer<typeof CsrfTokenView> {
    const { principal } = request.context;
    const browser = this.cookie.ensure(request, response);
    const binding = principal?.kind === 'session' ? { session: principal.credentialId } : { browser };
    return { csrf_token: this.tokens.issue(request, response, binding) };
  }
}
