import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../../../kernel/errors/app-error.js';
import { PageLogin } from '../../auth/index.js';
import { EmailInput, PasswordInput, type ProvenUser } from '../../users/index.js';
import type { OAuthParameters } from '../protocol/oauth-parameters.js';
import { AuthorizationPagesService } from './authorization-pages.service.js';
import type { Prompt } from './authorization-request.js';
import type { Passage } from './authorization-requests.service.js';
import { formFaultOf } from './form-fault.error.js';
import { OwnFormPolicy } from './own-form.policy.js';

/** The login form of the page: the password, or the code after it. */
@Injectable()
export class AuthorizeLoginService {
  constructor(
    private readonly ownForms: OwnFormPolicy,
    private readonly logins: PageLogin,
    private readonly pages: AuthorizationPagesService,
  ) {}

  /** Logged in, the browser asks anew, with its session. @throws AppError AUTH_010 for a form that is not ours */
  async login(passage: Passage, form: OAuthParameters): Promise<void> {
    const { request, response, query } = passage;
    this.ownForms.assertIsOurs(request, form, this.ownForms.browserOf(request), 'login', query);
    let user: ProvenUser | null = null;
    try {
      user = await this.identify(request, form);
      await this.logins.enter(request, response, user, form.get('mfa_code'));
    } catch (error) {
      this.askAgain(passage, form, user, error);
      return;
    }
    response.redirect(303, `/oauth/authorize?${afterLogin(query)}`);
  }

  /** Asks for the code once the password has been right, and for the password otherwise. */
  private askAgain(passage: Passage, form: OAuthParameters, user: ProvenUser | null, error: unknown): void {
    const fault = formFaultOf(error);
    if (user === null || (error as AppError).code !== 'AUTH_006') {
      this.pages.login(passage, fault, form.get('email'));
      return;
    }
    const isFirst = form.get('mfa_code') === undefined;
    this.pages.code(passage, user, isFirst ? null : fault);
  }

  private async identify(request: Request, form: OAuthParameters): Promise<ProvenUser> {
    const ticket = form.get('ticket');
    if (ticket === undefined) {
      const email = EmailInput.safeParse(form.get('email'));
      const password = PasswordInput.safeParse(form.get('password'));
      // what cannot be one is not the right one
      if (!email.success || !password.success) throw new AppError('AUTH_001');
      return this.logins.identify(request, email.data, password.data);
    }
    const shown = this.ownForms.readTicket(request, ticket);
    const user = shown && (await this.logins.find(shown.userId));
    if (user && shown.isFor(user.passwordHash)) return user;
    throw new AppError('AUTH_001', { detail: 'This login is no longer good. Log in once more.' });
  }
}

/** What a login has answered; the request goes on without it. */
const ANSWERED_PROMPTS: readonly string[] = ['login', 'select_account'] satisfies readonly Prompt[];

/** A request whose user has just logged in does not ask for that again. */
function afterLogin(query: string): string {
  const parameters = new URLSearchParams(query);
  const prompts = (parameters.get('prompt') ?? '').split(' ').filter((prompt) => !ANSWERED_PROMPTS.includes(prompt));
  parameters.delete('max_age');
  parameters.delete('prompt');
  if (prompts.join('') !== '') parameters.set('prompt', prompts.join(' '));
  return parameters.toString();
}
