import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { StepUps } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import { Session } from '../../auth/index.js';
import { ClientDirectory, type KnownClient } from '../clients/client-directory.js';
import { isClaimed } from '../clients/redirect-uri.js';
import { Consents } from '../consent/consents.js';
import type { Scope } from '../scopes.js';
import { IdTokens } from '../tokens/id-tokens.js';
import { AuthorizationFault, PageFault } from './authorization-fault.js';
import { type AuthorizationRequest, returnAddress, type ReturnAddress, single } from './authorization-request.js';

/** What comes next of a request. */
export type NextStep =
  | { readonly kind: 'login' }
  | { readonly kind: 'consent'; readonly scopes: readonly Scope[]; readonly needsCode: boolean }
  | { readonly kind: 'code'; readonly code: string };

/** Decides about requests for a code: who has to log in, who has to be asked, and who gets the code. */
@Injectable()
export class AuthorizeService {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly consents: Consents,
    private readonly stepUps: StepUps,
    private readonly idTokens: IdTokens,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The client of a request and where it wants its answer. @throws PageFault if either is not registered */
  async addressOf(query: URLSearchParams): Promise<ReturnAddress> {
    const clientId = single(query, 'client_id');
    if (clientId === null) throw new PageFault('The application does not say which one it is.');
    return returnAddress(query, await this.client(clientId));
  }

  /** @throws AuthorizationFault where prompt=none forbids to ask the user, or nothing can be given */
  async next(request: AuthorizationRequest, user: Principal | null): Promise<NextStep> {
    const mayAsk = !request.prompts.has('none');
    const authenticatedAt = user && (await this.loginTime(user));
    if (!user || !authenticatedAt || this.mustLogIn(request, authenticatedAt)) {
      if (mayAsk) return { kind: 'login' };
      throw new AuthorizationFault('login_required', 'The user has to log in.');
    }
    await this.assertIsMeant(request, user);
    const scopes = this.grantable(request, user);
    const needsCode = await this.database.read((em) => this.stepUps.isDue(em, user.credentialId));
    if (!needsCode && (await this.isRemembered(request, user, scopes))) {
      const code = await this.consents.renew(request, user, scopes, authenticatedAt);
      if (code !== null) return { kind: 'code', code };
    }
    if (mayAsk) return { kind: 'consent', scopes, needsCode };
    throw new AuthorizationFault('consent_required', 'The user has to consent.');
  }

  /** The code for a consent that was given just now; null if the session has ended meanwhile. */
  async approve(request: AuthorizationRequest, user: Principal): Promise<string | null> {
    const authenticatedAt = await this.loginTime(user);
    return authenticatedAt && this.consents.give(request, user, this.grantable(request, user), authenticatedAt);
  }

  private grantable(request: AuthorizationRequest, user: Principal): readonly Scope[] {
    const scopes = this.consents.grantable(request, user);
    if (scopes.length === 0) throw new AuthorizationFault('invalid_scope', 'The user may do nothing of that.');
    return scopes;
  }

  /**
   * Nobody is passed through who could be an impostor: a public client whose redirect URI anybody on the device may
   * listen at is asked about each time (RFC 8252 §8.6).
   */
  private async isRemembered(request: AuthorizationRequest, user: Principal, scopes: readonly Scope[]) {
    const { client, redirectUri, prompts } = request;
    const isCertain = client.type === 'confidential' || isClaimed(redirectUri);
    return isCertain && !prompts.has('consent') && (await this.consents.isGiven(request, user, scopes));
  }

  private mustLogIn({ prompts, maxAgeSeconds }: AuthorizationRequest, authenticatedAt: Date): boolean {
    // to choose an account is to log in with it: there is one session a browser
    if (prompts.has('login') || prompts.has('select_account')) return true;
    return maxAgeSeconds !== null && this.clock.now() - authenticatedAt.getTime() >= maxAgeSeconds * 1000;
  }

  /**
   * Another user than the one that the client means gives it no code. Keys are replaced, so that an old hint may say
   * nothing; only where nobody may be asked that is not enough.
   */
  private async assertIsMeant({ client, idTokenHint, prompts }: AuthorizationRequest, user: Principal): Promise<void> {
    if (idTokenHint === null) return;
    const subject = await this.idTokens.subjectOf(idTokenHint, client.id);
    if (subject === user.userId || (subject === null && !prompts.has('none'))) return;
    throw new AuthorizationFault('login_required', 'The user of id_token_hint is not logged in.');
  }

  private async loginTime(user: Principal): Promise<Date | null> {
    const session = await this.database.read((em) =>
      em.findOne(Session, { id: user.credentialId, user: user.userId, revokedAt: null }),
    );
    return session?.createdAt ?? null;
  }

  private async client(id: string): Promise<KnownClient> {
    try {
      return await this.directory.get(id);
    } catch (error) {
      if (error instanceof OAuthError) throw new PageFault('There is no such application.');
      throw error;
    }
  }
}
