import { type KeyObject, createPrivateKey, sign } from 'node:crypto';
import { type Answer, Client } from './client.ts';
import { expectStatus } from './people.ts';

/** `aud` of an assertion: the public URL of the test servers, which is not where they listen. */
export const ISSUER = 'http://localhost:3000';
export const TOKEN_URL = `${ISSUER}/oauth/token`;
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A key pair as the API shows it. */
export interface KeyBody {
  readonly key_id: string;
  readonly algorithm: string;
  readonly thumbprint: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly private_key?: string;
}

/** A service account as the API shows it. */
export interface ServiceAccountBody {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly string[];
  readonly enabled: boolean;
  readonly allowed_ips: readonly string[] | null;
  readonly expires_at: string | null;
  readonly minted_by: string | null;
  readonly keys: readonly KeyBody[];
  readonly key_id: string;
  readonly private_key: string;
}

/** Answer of the token endpoint, well or ill. */
export interface TokenBody {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly error?: string;
  readonly error_description?: string;
}

/** Creates a service account for somebody. */
export async function newServiceAccount(
  client: Client,
  fields: Record<string, unknown> = {},
): Promise<ServiceAccountBody> {
  const body = { name: 'a robot', permissions: ['read:compression', 'write:compression'], ...fields };
  return expectStatus(await client.post<ServiceAccountBody>('/api/service-accounts', body), 201).body;
}

type Signing = (data: Buffer, key: KeyObject) => Buffer;

const signEd25519: Signing = (data, key) => sign(null, data, key);

/** How each algorithm signs (RFC 7518, RFC 8037). */
export const SIGNING: Readonly<Record<string, Signing>> = {
  EdDSA: signEd25519,
  ES256: (data, key) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
  RS256: (data, key) => sign('sha256', data, key),
};

/** What an assertion is made of; a claim or header member that is undefined is left out. */
export interface AssertionParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signing?: Signing;
}

/** An assertion of an account, signed with its private key in PEM; good unless `parts` changes something. */
export function assertionOf(
  account: { readonly id: string; readonly private_key: string },
  { claims, header, signing = signEd25519 }: AssertionParts = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'EdDSA', typ: 'JWT', ...header })}.${encode({
    iss: account.id,
    aud: TOKEN_URL,
    iat: now,
    exp: now + 300,
    jti: crypto.randomUUID(),
    ...claims,
  })}`;
  return `${input}.${signing(Buffer.from(input), createPrivateKey(account.private_key)).toString('base64url')}`;
}

/** Asks for a token as RFC 6749 has it: with a form. */
export function requestToken(
  baseUrl: string,
  parameters: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer<TokenBody>> {
  const raw = new URLSearchParams(parameters).toString();
  return new Client(baseUrl).request<TokenBody>('POST', '/oauth/token', {
    raw,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

/** A client that holds a fresh token of an account. */
export async function clientOf(
  baseUrl: string,
  account: { readonly id: string; readonly private_key: string },
  parameters: Record<string, string> = {},
): Promise<Client> {
  const answer = await requestToken(baseUrl, {
    grant_type: JWT_BEARER,
    assertion: assertionOf(account),
    ...parameters,
  });
  return new Client(baseUrl).with({ bearer: expectStatus(answer, 200).body.access_token });
}
