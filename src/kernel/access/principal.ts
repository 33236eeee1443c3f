import type { NetworkPolicy } from '../net/network-policy.js';
import type { Grant, PermissionSet, Role } from './permission.js';
import type { Quota } from './quota.js';
import type { SignaturePolicy } from './signature-policy.js';

/** How far a credential reaches: what it may do, from where, and until when. */
export interface Authority {
  readonly permissions: PermissionSet;
  readonly networks: NetworkPolicy;
  /** Epoch milliseconds; null: it does not end by itself. */
  readonly expiresAt: number | null;
}

/** The kind of credential behind a request. */
export type PrincipalKind = 'session' | 'api_key' | 'service_account' | 'oauth';

/** How the credential was presented; the value of `X-Auth-Method`. */
export type AuthMethod = 'jwt' | 'session_cookie' | 'api_key' | 'service_account' | 'oauth';

/** Who is calling, once a credential has verified. Immutable: it is shared by all requests of one credential. */
export interface Principal extends Authority {
  readonly kind: PrincipalKind;
  readonly method: AuthMethod;
  /** The user who owns the credential and everything made with it. */
  readonly userId: string;
  readonly role: Role;
  /** Session id, API key id, service account id or OAuth grant id. */
  readonly credentialId: string;
  /** The API key, or the key pair of a service account that a token was granted to; absent for any other credential. */
  readonly keyId?: string;
  /** The OAuth client that holds the token; absent for any other credential. */
  readonly clientId?: string;
  /** The credential's own permission list as it was granted; empty for a session, which holds its role's. */
  readonly grants: readonly Grant[];
  /** When the presented token or key itself ends, epoch milliseconds; null: it does not. */
  readonly credentialExpiresAt: number | null;
  /** Absent or null: it may call as often as the rate limit lets it. */
  readonly quota?: Quota | null;
  /** Absent or null: it may sign, and need not. */
  readonly signaturePolicy?: SignaturePolicy | null;
  /** Whether it is on its way out (rotated or scheduled to end), so that who still uses it is recorded. */
  readonly isEnding?: boolean;
}
