import { Injectable } from '@nestjs/common';
import { StepUpStamper } from '../../mfa/index.js';
import { Consents } from '../consent/consents.js';
import { AuthorizationAnswersService } from './authorization-answers.service.js';
import { AuthorizationPagesService } from './authorization-pages.service.js';
import type { Passage } from './authorization-requests.service.js';
import type { ConsentDecision } from './decide-authorization.service.js';
import { type FormFault, formFaultOf } from './form-fault.error.js';

/** Gives the code for a consent that was given just now, after the second factor where that is due. */
@Injectable()
export class ApproveAuthorizationService {
  constructor(
    private readonly stepUps: StepUpStamper,
    private readonly consents: Consents,
    private readonly pages: AuthorizationPagesService,
    private readonly answers: AuthorizationAnswersService,
  ) {}

  /** @throws AppError AUTH_002 if the session has ended meanwhile */
  async approve(passage: Passage, decision: ConsentDecision, mfaCode: string | undefined): Promise<void> {
    const { response, asked } = passage;
    const fault = await this.stepUp(decision, mfaCode);
    if (fault) return this.pages.show(passage, decision, fault);
    const { user, scopes, authenticatedAt } = decision;
    this.answers.sendBack(response, asked, { code: await this.consents.give(asked, user, scopes, authenticatedAt) });
  }

  private async stepUp({ needsCode, user }: ConsentDecision, mfaCode: string | undefined): Promise<FormFault | null> {
    if (!needsCode) return null;
    try {
      await this.stepUps.stepUp(user, mfaCode ?? '');
      return null;
    } catch (error) {
      return formFaultOf(error);
    }
  }
}
