import { Injectable } from '@nestjs/common';
import { CsrfCookie } from '../../../platform/csrf/index.js';
import { type ProvenUser, UsersService } from '../../users/index.js';
import { codePage, consentPage, type FormContext, loginPage } from '../pages/authorization-pages.view.js';
import { sendPage } from '../pages/send-page.js';
import type { Passage } from './authorization-requests.service.js';
import type { AuthorizationDecision, ConsentDecision } from './decide-authorization.service.js';
import type { FormFault } from './form-fault.error.js';
import { FormTokens } from './form-tokens.js';

/** Shows the pages that a decision asks for, each with the token of its form. It decides nothing. */
@Injectable()
export class AuthorizationPagesService {
  constructor(
    private readonly tokens: FormTokens,
    private readonly browser: CsrfCookie,
    private readonly users: UsersService,
  ) {}

  /** The page where a user has to do something next. */
  async show(
    passage: Passage,
    decision: Exclude<AuthorizationDecision, { kind: 'grant' }>,
    fault: FormFault | null = null,
  ): Promise<void> {
    if (decision.kind === 'login') this.login(passage, fault);
    else await this.consent(passage, decision, fault);
  }

  /** Asks for e-mail and password; `email`: what was typed before. */
  login(passage: Passage, fault: FormFault | null, email?: string): void {
    sendPage(passage.response, loginPage(this.loginContext(passage, fault), email ?? passage.asked.loginHint ?? ''));
  }

  /** Asks for the second factor of a user whose password was right. */
  code(passage: Passage, user: ProvenUser, fault: FormFault | null): void {
    const ticket = this.tokens.issueTicket(user, this.browser.ensure(passage.request, passage.response));
    sendPage(passage.response, codePage(this.loginContext(passage, fault), ticket));
  }

  private async consent(passage: Passage, decision: ConsentDecision, fault: FormFault | null): Promise<void> {
    const { user, scopes, needsCode } = decision;
    const { email } = await this.users.get(user.userId);
    const again = new URLSearchParams(passage.query);
    again.set('prompt', 'login');
    const csrfToken = this.tokens.issue(user.credentialId, 'consent', passage.query);
    const question = { email, scopes, needsCode, otherAccountUrl: `/oauth/authorize?${again.toString()}` };
    sendPage(passage.response, consentPage(formContext(passage, csrfToken, fault), question));
  }

  private loginContext(passage: Passage, fault: FormFault | null): FormContext {
    const holder = this.browser.ensure(passage.request, passage.response);
    return formContext(passage, this.tokens.issue(holder, 'login', passage.query), fault);
  }
}

function formContext({ asked, query }: Passage, csrfToken: string, fault: FormFault | null): FormContext {
  return { clientName: asked.client.name, redirectUri: asked.redirectUri, request: query, csrfToken, fault };
}
