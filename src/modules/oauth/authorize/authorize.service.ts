import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { Consents } from '../consent/consents.js';
import { AuthorizationAnswersService } from './authorization-answers.service.js';
import { AuthorizationPagesService } from './authorization-pages.service.js';
import type { Passage } from './authorization-requests.service.js';
import { DecideAuthorizationService, type GrantDecision } from './decide-authorization.service.js';

/** Begins or continues a request for a code: the page that comes next, or the code. */
@Injectable()
export class AuthorizeService {
  constructor(
    private readonly decisions: DecideAuthorizationService,
    private readonly consents: Consents,
    private readonly pages: AuthorizationPagesService,
    private readonly answers: AuthorizationAnswersService,
  ) {}

  /** Shows what comes next, or sends the browser back with a code. */
  async authorize(passage: Passage, user: Principal | null): Promise<void> {
    const decision = await this.decisions.decide(passage.asked, user);
    if (decision.kind === 'grant') await this.grant(passage, decision);
    else await this.pages.show(passage, decision);
  }

  private async grant(passage: Passage, decision: GrantDecision): Promise<void> {
    const { response, asked } = passage;
    const { user, scopes, authenticatedAt } = decision;
    const code = await this.consents.renew(asked, user, scopes, authenticatedAt);
    if (code === null) await this.pages.show(passage, this.decisions.withoutConsent(asked, decision));
    else this.answers.sendBack(response, asked, { code });
  }
}
