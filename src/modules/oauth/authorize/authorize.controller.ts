import { applyDecorators, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../../platform/access/index.js';
import { UnreadBody } from '../../../platform/http/body/index.js';
import { LoginLimited } from '../../../platform/limits/index.js';
import { PARAMETER_LENGTH_MAX } from '../protocol/oauth-parameters.js';
import { AuthorizationRequestsService, userOf } from './authorization-requests.service.js';
import { AuthorizeConsentService } from './authorize-consent.service.js';
import { AuthorizeLoginService } from './authorize-login.service.js';
import { AuthorizeService } from './authorize.service.js';

const REQUIRED = ['client_id', 'redirect_uri', 'response_type'];
const OPTIONAL = 'scope state code_challenge code_challenge_method nonce prompt max_age login_hint id_token_hint'.split(
  ' ',
);

/** A route for browsers: it answers with a page, or sends them on. */
function ForBrowsers(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    Public(),
    UnreadBody(),
    ApiOperation({ operationId, summary, description: 'For browsers: HTML and redirects.' }),
    ApiProduces('text/html'),
    ApiResponse({ status: 200, description: 'A page', content: { 'text/html': { schema: { type: 'string' } } } }),
    ApiResponse({ status: 303, description: 'Back to the redirect URI, or to the next page' }),
  );
}

/** The parameters (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1), for the documentation only. */
function TakesAuthorizationQuery(): MethodDecorator {
  const parameter = (name: string, required: boolean) =>
    ApiQuery({ name, required, schema: { type: 'string', maxLength: PARAMETER_LENGTH_MAX } });
  return applyDecorators(
    ...REQUIRED.map((name) => parameter(name, true)),
    ...OPTIONAL.map((name) => parameter(name, false)),
  );
}

/** The pages on which users log in and consent. */
@ApiTags('OAuth')
@Controller('oauth/authorize')
export class AuthorizeController {
  constructor(
    private readonly requests: AuthorizationRequestsService,
    private readonly authorizations: AuthorizeService,
    private readonly logins: AuthorizeLoginService,
    private readonly consents: AuthorizeConsentService,
  ) {}

  @Get()
  @ForBrowsers('authorize', 'Ask a user for consent')
  @TakesAuthorizationQuery()
  authorize(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.requests.open(request, response, (passage) => this.authorizations.authorize(passage, userOf(request)));
  }

  /** OpenID Connect Core §3.1.2.1. Nothing is decided here: a form from elsewhere comes without the cookies of the browser. */
  @Post()
  @ForBrowsers('authorizeByForm', 'The same by POST')
  @ApiConsumes('application/x-www-form-urlencoded')
  authorizeByForm(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.requests.redirect(request, response);
  }

  @Post('login')
  @ForBrowsers('authorizeLogin', 'The login form of the page')
  @LoginLimited({ refusedBy: 'handler' })
  @ApiConsumes('application/x-www-form-urlencoded')
  login(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.requests.submit(request, response, (passage, form) => this.logins.login(passage, form));
  }

  @Post('consent')
  @ForBrowsers('authorizeConsent', 'The consent form of the page')
  @ApiConsumes('application/x-www-form-urlencoded')
  consent(@Req() request: Request, @Res() response: Response): Promise<void> {
    const user = userOf(request);
    return this.requests.submit(request, response, (passage, form) => this.consents.consent(passage, form, user));
  }
}
