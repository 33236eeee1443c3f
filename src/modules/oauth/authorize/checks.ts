import type { ClientDirectory } from '../clients/client-directory.js';
import { type AuthorizationRequest, draftOf, type ReturnAddress } from './authorization-request.js';
import {
  checkGrantType,
  checkMaxAge,
  checkNonce,
  checkPkce,
  checkPrompt,
  checkRepetition,
  checkRequestObject,
  checkResponseMode,
  checkResponseType,
  checkScope,
  type ParameterCheck,
  readHints,
} from './parameter-rules.js';
import { checkClient, checkRedirectUri, readState } from './return-address-rules.js';
import {
  checkConsent,
  checkGrantableScope,
  checkIdTokenHint,
  checkLoginAge,
  checkPromptLogin,
  checkSecondFactor,
  type Interaction,
  type UserCheck,
  type Walk,
} from './user-rules.js';

/** What the request says, in the order of the specification; the first fault is the one that the client is told. */
export const PARAMETER_CHECKS: readonly ParameterCheck[] = [
  checkRepetition,
  checkRequestObject,
  checkResponseType,
  checkResponseMode,
  checkGrantType,
  checkScope,
  checkPkce,
  checkNonce,
  checkPrompt,
  checkMaxAge,
  readHints,
];

/** What the user has to do before there is a code; the first that is not fulfilled is the page that comes next. */
export const USER_CHECKS: readonly UserCheck[] = [
  checkPromptLogin,
  checkLoginAge,
  checkIdTokenHint,
  checkGrantableScope,
  checkSecondFactor,
  checkConsent,
];

/** The client and where it wants its answer, before anything else is looked at. @throws PageFault */
export async function readReturnAddress(query: URLSearchParams, clients: ClientDirectory): Promise<ReturnAddress> {
  const client = await checkClient(query, clients);
  return { client, redirectUri: checkRedirectUri(query, client), state: readState(query) };
}

/** The request, in order. @throws AuthorizationFault with the first fault */
export function readRequest(query: URLSearchParams, address: ReturnAddress): AuthorizationRequest {
  const draft = draftOf(address);
  for (const check of PARAMETER_CHECKS) check(query, draft);
  return draft;
}

/** What a logged-in user has to do next; null: nothing stands before the code. @throws AuthorizationFault */
export async function findInteraction(walk: Walk): Promise<Interaction | null> {
  for (const check of USER_CHECKS) {
    const interaction = await check(walk);
    if (interaction) return interaction;
  }
  return null;
}
