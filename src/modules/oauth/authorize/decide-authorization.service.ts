import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import type { Scope } from '../protocol/scopes.js';
import { AuthorizationFactsService } from './authorization-facts.service.js';
import { AuthorizationFault } from './authorization-fault.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { findInteraction } from './checks.js';
import { CONSENT, type Interaction, LOGIN, type Walk } from './user-rules.js';

/** What a logged-in user can give, and since when the user is logged in. */
interface Grantable {
  readonly user: Principal;
  readonly scopes: readonly Scope[];
  readonly authenticatedAt: Date;
}

/** The user is asked; `needsCode`: for the second factor too. */
export interface ConsentDecision extends Grantable {
  readonly kind: 'consent';
  readonly needsCode: boolean;
}

/** The user gets the code without a question. */
export interface GrantDecision extends Grantable {
  readonly kind: 'grant';
}

/** What comes next of a request. */
export type AuthorizationDecision = { readonly kind: 'login' } | ConsentDecision | GrantDecision;

/** Decides once a request who has to log in, who has to be asked, and who gets the code. */
@Injectable()
export class DecideAuthorizationService {
  constructor(
    private readonly facts: AuthorizationFactsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AuthorizationFault where prompt=none forbids to ask the user, or nothing can be given */
  async decide(request: AuthorizationRequest, user: Principal | null): Promise<AuthorizationDecision> {
    const authenticatedAt = user && (await this.facts.loginTime(user));
    if (!user || !authenticatedAt) return mayAsk(request, LOGIN, { kind: 'login' });
    const { facts } = this;
    const walk: Walk = { request, user, authenticatedAt, nowMs: this.clock.now(), facts, scopes: [], needsCode: false };
    const interaction = await findInteraction(walk);
    const { scopes, needsCode } = walk;
    if (!interaction) return { kind: 'grant', user, scopes, authenticatedAt };
    if (interaction.kind === 'login') return mayAsk(request, interaction, { kind: 'login' });
    return mayAsk(request, interaction, { kind: 'consent', user, scopes, authenticatedAt, needsCode });
  }

  /** The question that takes the place of a consent that was revoked meanwhile. @throws AuthorizationFault at prompt=none */
  withoutConsent(request: AuthorizationRequest, { user, scopes, authenticatedAt }: Grantable): ConsentDecision {
    return mayAsk(request, CONSENT, { kind: 'consent', user, scopes, authenticatedAt, needsCode: false });
  }
}

/** The decision to ask the user; with prompt=none the client is told instead (OpenID Connect Core §3.1.2.6). */
function mayAsk<Decision>({ prompts }: AuthorizationRequest, { refusal }: Interaction, decision: Decision): Decision {
  if (prompts.has('none')) throw new AuthorizationFault(...refusal);
  return decision;
}
