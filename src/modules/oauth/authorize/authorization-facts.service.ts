import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { StepUps } from '../../../platform/access/index.js';
import { Database } from '../../../platform/database/index.js';
import { Session } from '../../auth/index.js';
import { Consents } from '../consent/consents.js';
import type { Scope } from '../protocol/scopes.js';
import { IdTokens } from '../tokens/id-tokens.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** What the checks of a user need to know. */
@Injectable()
export class AuthorizationFactsService {
  constructor(
    private readonly database: Database,
    private readonly stepUps: StepUps,
    private readonly idTokens: IdTokens,
    private readonly consents: Consents,
  ) {}

  /** When the user logged in with this session; null: it has ended. */
  async loginTime({ credentialId, userId }: Principal): Promise<Date | null> {
    const session = await this.database.read((em) =>
      em.findOne(Session, { id: credentialId, user: userId, revokedAt: null }),
    );
    return session?.createdAt ?? null;
  }

  /** The user that an ID token is about; null unless it is one of ours for this client. */
  subjectOf(idToken: string, clientId: string): Promise<string | null> {
    return this.idTokens.subjectOf(idToken, clientId);
  }

  /** The scopes of a request that the user may give at all. */
  grantable(request: AuthorizationRequest, user: Principal): readonly Scope[] {
    return this.consents.grantable(request, user);
  }

  /** Whether a policy wants the second factor of this session first. */
  isStepUpDue({ credentialId }: Principal): Promise<boolean> {
    return this.database.read((em) => this.stepUps.isDue(em, credentialId));
  }

  /** Whether the user has consented to all of this before. */
  isConsented(request: AuthorizationRequest, user: Principal, scopes: readonly Scope[]): Promise<boolean> {
    return this.consents.isGiven(request, user, scopes);
  }
}
