import type { KnownClient } from '../clients/client-directory.js';
import type { Scope } from '../protocol/scopes.js';

/** Where an answer goes, known to be the client's. */
export interface ReturnAddress {
  readonly client: KnownClient;
  readonly redirectUri: string;
  readonly state: string | null;
}

/** What `prompt` may ask for (OpenID Connect Core §3.1.2.1). */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** A request for a code that is in order. */
export interface AuthorizationRequest extends ReturnAddress {
  readonly scopes: readonly Scope[];
  /** S256; null: the client sent none, and need not. */
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  readonly prompts: ReadonlySet<Prompt>;
  /** Seconds that the login may be old; null: any. */
  readonly maxAgeSeconds: number | null;
  readonly loginHint: string | null;
  /** An ID token of the user that is meant; null: anybody. */
  readonly idTokenHint: string | null;
}

/** A request whose parameters are being checked; each check fills in what it has found. */
export type RequestDraft = { -readonly [Name in keyof AuthorizationRequest]: AuthorizationRequest[Name] };

/** A request that nothing but its return address is known of. */
export function draftOf(address: ReturnAddress): RequestDraft {
  return {
    ...address,
    scopes: [],
    codeChallenge: null,
    nonce: null,
    prompts: new Set(),
    maxAgeSeconds: null,
    loginHint: null,
    idTokenHint: null,
  };
}

/** The value of a parameter. RFC 6749 §3.1: one without a value counts as omitted. */
export function valueOf(query: URLSearchParams, name: string): string | null {
  return query.get(name) || null;
}
