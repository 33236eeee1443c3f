import type { Principal } from '../../../kernel/access/principal.js';
import { isClaimed } from '../clients/redirect-uri.js';
import type { Scope } from '../protocol/scopes.js';
import { AuthorizationFault, type AuthorizationErrorCode } from './authorization-fault.js';
import type { AuthorizationFactsService } from './authorization-facts.service.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** What the user is asked on a page; with prompt=none the client gets the refusal instead. */
export interface Interaction {
  readonly kind: 'login' | 'consent';
  readonly refusal: readonly [AuthorizationErrorCode, string];
}

/** A request on its way through the checks, and what they have found out. */
export interface Walk {
  readonly request: AuthorizationRequest;
  readonly user: Principal;
  /** When the session of the user began; read once. */
  readonly authenticatedAt: Date;
  readonly nowMs: number;
  readonly facts: AuthorizationFactsService;
  /** The scopes of the request that the user may give. */
  scopes: readonly Scope[];
  /** Whether a policy wants the second factor before anything is given. */
  needsCode: boolean;
}

/** @returns what the user has to do first; null: nothing. @throws AuthorizationFault where nothing can help */
export type UserCheck = (walk: Walk) => Interaction | null | Promise<Interaction | null>;

/** Nobody is logged in, or the request wants that anew. */
export const LOGIN: Interaction = { kind: 'login', refusal: ['login_required', 'The user has to log in.'] };
/** The user has not consented to this. */
export const CONSENT: Interaction = { kind: 'consent', refusal: ['consent_required', 'The user has to consent.'] };

/** To choose an account is to log in with it: there is one session a browser. */
export const checkPromptLogin: UserCheck = ({ request: { prompts } }) =>
  prompts.has('login') || prompts.has('select_account') ? LOGIN : null;

/** The login is not older than the client wants it. */
export const checkLoginAge: UserCheck = ({ request: { maxAgeSeconds }, authenticatedAt, nowMs }) =>
  maxAgeSeconds !== null && nowMs - authenticatedAt.getTime() >= maxAgeSeconds * 1000 ? LOGIN : null;

/**
 * Another user than the one that the client means gives it no code. Keys are replaced, so that an old hint may say
 * nothing; only where nobody may be asked that is not enough.
 */
export const checkIdTokenHint: UserCheck = async ({ request: { client, idTokenHint, prompts }, user, facts }) => {
  if (idTokenHint === null) return null;
  const subject = await facts.subjectOf(idTokenHint, client.id);
  if (subject === user.userId || (subject === null && !prompts.has('none'))) return null;
  throw new AuthorizationFault('login_required', 'The user of id_token_hint is not logged in.');
};

/** The user may give something of what is asked for, and gives no more than that. */
export const checkGrantableScope: UserCheck = (walk) => {
  walk.scopes = walk.facts.grantable(walk.request, walk.user);
  if (walk.scopes.length === 0) throw new AuthorizationFault('invalid_scope', 'The user may do nothing of that.');
  return null;
};

/** The code of the second factor is asked for on the consent page. */
export const checkSecondFactor: UserCheck = async (walk) => {
  walk.needsCode = await walk.facts.isStepUpDue(walk.user);
  return walk.needsCode ? CONSENT : null;
};

/**
 * The user has consented to all of this before. Nobody is passed through who could be an impostor: a public client whose
 * redirect URI anybody on the device may listen at is asked about each time (RFC 8252 §8.6).
 */
export const checkConsent: UserCheck = async ({ request, user, facts, scopes }) => {
  const { client, redirectUri, prompts } = request;
  const isCertain = client.type === 'confidential' || isClaimed(redirectUri);
  const isRemembered = isCertain && !prompts.has('consent') && (await facts.isConsented(request, user, scopes));
  return isRemembered ? null : CONSENT;
};
