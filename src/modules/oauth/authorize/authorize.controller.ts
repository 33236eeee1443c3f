import { applyDecorators, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Principal } from '../../../kernel/access/principal.js';
import { Public } from '../../../platform/access/index.js';
import { UnreadBody } from '../../../platform/http/body/index.js';
import { LoginLimited } from '../../../platform/limits/index.js';
import {
  type OAuthParameters,
  PARAMETER_LENGTH_MAX,
  readOAuthParameters,
  requireParameter,
} from '../oauth-parameters.js';
import { checkRequest, type ReturnAddress } from './authorization-request.js';
import { AuthorizeForms, type Passage } from './authorize-forms.js';
import { AuthorizeService } from './authorize.service.js';
import { PageAnswers } from './page-answers.js';

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
    private readonly service: AuthorizeService,
    private readonly forms: AuthorizeForms,
    private readonly answers: PageAnswers,
  ) {}

  @Get()
  @ForBrowsers('authorize', 'Ask a user for consent')
  @TakesAuthorizationQuery()
  async authorize(@Req() request: Request, @Res() response: Response): Promise<void> {
    const [, query = ''] = request.originalUrl.split(/\?(.*)/s);
    await this.handle({ request, response, query }, (passage) => this.forms.proceed(passage, userOf(request)));
  }

  /** OpenID Connect Core §3.1.2.1. Nothing is decided here: a form from elsewhere comes without the cookies of the browser. */
  @Post()
  @ForBrowsers('authorizeByForm', 'The same by POST')
  @ApiConsumes('application/x-www-form-urlencoded')
  async authorizeByForm(@Req() request: Request, @Res() response: Response): Promise<void> {
    try {
      const form = await readOAuthParameters(request);
      response.redirect(303, `/oauth/authorize?${new URLSearchParams([...form]).toString()}`);
    } catch (error) {
      this.answers.fault(error, response, null);
    }
  }

  @Post('login')
  @ForBrowsers('authorizeLogin', 'The login form of the page')
  @LoginLimited({ refusedBy: 'handler' })
  @ApiConsumes('application/x-www-form-urlencoded')
  async login(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.submit(request, response, (passage, form) => this.forms.login(passage, form));
  }

  @Post('consent')
  @ForBrowsers('authorizeConsent', 'The consent form of the page')
  @ApiConsumes('application/x-www-form-urlencoded')
  async consent(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.submit(request, response, (passage, form) => this.forms.consent(passage, form, userOf(request)));
  }

  /** Reads a form, which carries the request that its page was about. */
  private async submit(
    request: Request,
    response: Response,
    work: (passage: Passage, form: OAuthParameters) => Promise<void>,
  ): Promise<void> {
    try {
      const form = await readOAuthParameters(request);
      const query = requireParameter(form, 'request');
      await this.handle({ request, response, query }, (passage) => work(passage, form));
    } catch (error) {
      this.answers.fault(error, response, null);
    }
  }

  private async handle(
    { request, response, query }: Omit<Passage, 'asked'>,
    work: (passage: Passage) => Promise<void>,
  ): Promise<void> {
    let address: ReturnAddress | null = null;
    try {
      const parameters = new URLSearchParams(query);
      address = await this.service.addressOf(parameters);
      await work({ request, response, query, asked: checkRequest(parameters, address) });
    } catch (error) {
      this.answers.fault(error, response, address && { address, isAutomatic: maySendOn(request, query) });
    }
  }
}

/**
 * Anybody can register a client, so a faulty request must not be a way to send people from here to anywhere: who has not
 * logged in decides for himself. prompt=none has nobody to ask (RFC 9700 §4.11.2).
 */
function maySendOn(request: Request, query: string): boolean {
  return userOf(request) !== null || new URLSearchParams(query).get('prompt') === 'none';
}

/** Whoever is logged in with this browser; a token in a header is no user in front of a page. */
function userOf({ context }: Request): Principal | null {
  return context.principal?.method === 'session_cookie' ? context.principal : null;
}
