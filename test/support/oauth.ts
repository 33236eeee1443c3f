import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Client } from './client.ts';
import { expectStatus } from './people.ts';
import { requestToken, type TokenBody } from './service-accounts.ts';

export const REDIRECT_URI = 'https://app.example.com/callback';

/** An OAuth client as the API shows it. */
export interface OAuthClientBody {
  readonly id: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly name: string;
  readonly type: string;
  readonly scopes: readonly string[];
  readonly grant_types: readonly string[];
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly previous_secret_expires_at: string | null;
  readonly minted_by: string | null;
}

/** Answer of the token endpoint to a client. */
export interface ClientTokenBody extends TokenBody {
  readonly refresh_token: string;
  readonly id_token: string;
}

/** What `newOAuthClient` registers unless a test says otherwise. */
export const CLIENT_FIELDS = {
  name: 'Example App',
  type: 'confidential',
  redirect_uris: [REDIRECT_URI],
  scopes: ['read:compression', 'write:compression'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
} as const;

/** Registers a client for somebody. */
export async function newOAuthClient(client: Client, fields: Record<string, unknown> = {}): Promise<OAuthClientBody> {
  const body = { ...CLIENT_FIELDS, ...fields };
  return expectStatus(await client.post<OAuthClientBody>('/api/oauth/clients', body), 201).body;
}

/** Registers a client that cannot keep a secret. */
export function newPublicClient(client: Client, fields: Record<string, unknown> = {}): Promise<OAuthClientBody> {
  return newOAuthClient(client, { type: 'public', grant_types: ['authorization_code', 'refresh_token'], ...fields });
}

/** What a client sends to say who it is: its secret in the body, or its id alone. */
export function credentialsOf(client: OAuthClientBody): Record<string, string> {
  const { client_id: clientId, client_secret: secret } = client;
  return secret === undefined ? { client_id: clientId } : { client_id: clientId, client_secret: secret };
}

/** `Authorization: Basic` of a client. */
export function basicOf(client: Pick<OAuthClientBody, 'client_id' | 'client_secret'>): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}` };
}

/** Asks for a token with the client's secret in the body. */
export function requestClientToken(
  baseUrl: string,
  client: OAuthClientBody,
  parameters: Record<string, string>,
): Promise<Answer<ClientTokenBody>> {
  return requestToken(baseUrl, { ...credentialsOf(client), ...parameters }) as Promise<Answer<ClientTokenBody>>;
}

/** A token for the client itself. */
export async function clientCredentialsToken(
  baseUrl: string,
  client: OAuthClientBody,
  scope?: string,
): Promise<string> {
  const parameters = { grant_type: 'client_credentials', ...(scope !== undefined && { scope }) };
  return expectStatus(await requestClientToken(baseUrl, client, parameters), 200).body.access_token;
}

/** A PKCE pair (RFC 7636 §4.1, §4.2). */
export function pkcePair(verifier = randomBytes(32).toString('base64url')): { verifier: string; challenge: string } {
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}
