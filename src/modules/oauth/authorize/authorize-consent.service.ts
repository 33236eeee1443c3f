import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import type { OAuthParameters } from '../protocol/oauth-parameters.js';
import { ApproveAuthorizationService } from './approve-authorization.service.js';
import { AuthorizationFault } from './authorization-fault.js';
import type { AuthorizationRequest } from './authorization-request.js';
import type { Passage } from './authorization-requests.service.js';
import { AuthorizeService } from './authorize.service.js';
import { DecideAuthorizationService } from './decide-authorization.service.js';
import { OwnFormPolicy } from './own-form.policy.js';

/** The answer to the question of the consent page. */
@Injectable()
export class AuthorizeConsentService {
  constructor(
    private readonly ownForms: OwnFormPolicy,
    private readonly decisions: DecideAuthorizationService,
    private readonly approvals: ApproveAuthorizationService,
    private readonly authorizations: AuthorizeService,
  ) {}

  /** @throws AuthorizationFault access_denied, AppError AUTH_010 for a form that is not ours */
  async consent(passage: Passage, form: OAuthParameters, user: Principal | null): Promise<void> {
    const { request, query, asked } = passage;
    if (!user) return this.authorizations.authorize(passage, null);
    this.ownForms.assertIsOurs(request, form, user.credentialId, 'consent', query);
    if (form.get('decision') !== 'approve') throw new AuthorizationFault('access_denied', 'The user did not consent.');
    const decision = await this.decisions.decide(withoutRemembering(asked), user);
    if (decision.kind === 'consent') await this.approvals.approve(passage, decision, form.get('mfa_code'));
    else await this.authorizations.authorize(passage, null);
  }
}

/** The page has asked, so an answer that was remembered meanwhile does not count. */
function withoutRemembering(asked: AuthorizationRequest): AuthorizationRequest {
  return { ...asked, prompts: new Set(['consent']) };
}
