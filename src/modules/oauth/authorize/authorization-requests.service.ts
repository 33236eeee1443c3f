import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../../kernel/access/principal.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { type OAuthParameters, readOAuthParameters, requireParameter } from '../protocol/oauth-parameters.js';
import { AuthorizationAnswersService } from './authorization-answers.service.js';
import type { AuthorizationRequest, ReturnAddress } from './authorization-request.js';
import { readRequest, readReturnAddress } from './checks.js';

/** One step of a browser on its way to a code; `query` is the authorization request as it came. */
export interface Passage {
  readonly request: Request;
  readonly response: Response;
  readonly query: string;
  readonly asked: AuthorizationRequest;
}

/** Reads requests for a code, has them worked on, and answers whatever is refused on the way. */
@Injectable()
export class AuthorizationRequestsService {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly answers: AuthorizationAnswersService,
  ) {}

  /** A request in the query. */
  async open(request: Request, response: Response, work: (passage: Passage) => Promise<void>): Promise<void> {
    const [, query = ''] = request.originalUrl.split(/\?(.*)/s);
    await this.handle({ request, response, query }, work);
  }

  /** A form, which carries the request that its page was about. */
  async submit(
    request: Request,
    response: Response,
    work: (passage: Passage, form: OAuthParameters) => Promise<void>,
  ): Promise<void> {
    await this.readForm(request, response, async (form) => {
      const query = requireParameter(form, 'request');
      await this.handle({ request, response, query }, (passage) => work(passage, form));
    });
  }

  /** A request as a form: the browser sends it again in the query. */
  async redirect(request: Request, response: Response): Promise<void> {
    await this.readForm(request, response, (form) => {
      response.redirect(303, `/oauth/authorize?${new URLSearchParams([...form]).toString()}`);
    });
  }

  private async readForm(
    request: Request,
    response: Response,
    work: (form: OAuthParameters) => Promise<void> | void,
  ): Promise<void> {
    try {
      await work(await readOAuthParameters(request));
    } catch (error) {
      this.answers.refuse(error, response, null);
    }
  }

  private async handle(
    { request, response, query }: Omit<Passage, 'asked'>,
    work: (passage: Passage) => Promise<void>,
  ): Promise<void> {
    let address: ReturnAddress | null = null;
    try {
      const parameters = new URLSearchParams(query);
      address = await readReturnAddress(parameters, this.clients);
      await work({ request, response, query, asked: readRequest(parameters, address) });
    } catch (error) {
      this.answers.refuse(error, response, address && { address, isAutomatic: maySendOn(request, query) });
    }
  }
}

/** Whoever is logged in with this browser; a token in a header is no user in front of a page. */
export function userOf({ context }: Request): Principal | null {
  return context.principal?.method === 'session_cookie' ? context.principal : null;
}

/**
 * Anybody can register a client, so a faulty request must not be a way to send people from here to anywhere: who has not
 * logged in decides for himself. prompt=none has nobody to ask (RFC 9700 §4.11.2).
 */
function maySendOn(request: Request, query: string): boolean {
  return userOf(request) !== null || new URLSearchParams(query).get('prompt') === 'none';
}
