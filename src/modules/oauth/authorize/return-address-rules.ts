import { OAuthError } from '../../../platform/http/problem/index.js';
import type { ClientDirectory, KnownClient } from '../clients/client-directory.js';
import { isRedirectUri } from '../clients/redirect-uri.js';
import { PageFault } from './authorization-fault.js';
import { valueOf } from './authorization-request.js';

// Until these have passed nobody may be redirected (RFC 6749 §4.1.2.1), so what is wrong is said on a page.

/** The client is registered. @throws PageFault */
export async function checkClient(query: URLSearchParams, clients: ClientDirectory): Promise<KnownClient> {
  const clientId = single(query, 'client_id');
  if (clientId === null) throw new PageFault('The application does not say which one it is.');
  try {
    return await clients.get(clientId);
  } catch (error) {
    if (error instanceof OAuthError) throw new PageFault('There is no such application.');
    throw error;
  }
}

/** The redirect URI is one of the client's. @throws PageFault */
export function checkRedirectUri(query: URLSearchParams, { redirectUris }: KnownClient): string {
  const redirectUri = single(query, 'redirect_uri');
  if (redirectUri === null)
    throw new PageFault('The application does not say where to send you back to (redirect_uri).');
  if (!redirectUris.some((registered) => isRedirectUri(registered, redirectUri))) {
    throw new PageFault(
      'The application wants to send you to an address that is not registered for it (redirect_uri).',
    );
  }
  return redirectUri;
}

/** The state, if there is exactly one: a repeated one is refused, but only where the client can be told. */
export function readState(query: URLSearchParams): string | null {
  const states = query.getAll('state');
  return (states.length === 1 && states[0]) || null;
}

function single(query: URLSearchParams, name: string): string | null {
  if (query.getAll(name).length > 1) throw new PageFault(`The application sends ${name} twice.`);
  return valueOf(query, name);
}
