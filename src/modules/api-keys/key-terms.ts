import type { Grant } from '../../kernel/access/permission.js';
import type { Quota } from '../../kernel/access/quota.js';
import type { SignatureScheme } from '../../kernel/access/signature-policy.js';
import type { ApiKey } from './api-key.entity.js';

/** What a key may do, from where, until when, how often, and how its requests must be signed. */
export interface KeyTerms {
  readonly permissions: readonly Grant[];
  readonly allowedIps: readonly string[] | null;
  readonly deniedIps: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly quota: Omit<Quota, 'counterId'> | null;
  readonly requireSignature: boolean;
  readonly minSignature: SignatureScheme | null;
}

/** The same as a request may give it: what it leaves out is undefined. */
export type RequestedTerms = { readonly [Term in keyof KeyTerms]?: KeyTerms[Term] | undefined };

/** What a session's new keys get when the request says nothing. */
export const SESSION_DEFAULTS: KeyTerms = {
  permissions: ['*'],
  allowedIps: null,
  deniedIps: null,
  expiresAt: null,
  quota: null,
  requireSignature: false,
  minSignature: null,
};

/** The terms as requested, with `base` for what the request leaves out. */
export function fillTerms(base: KeyTerms, requested: RequestedTerms): KeyTerms {
  const given = Object.fromEntries(Object.entries(requested).filter(([, value]) => value !== undefined));
  return { ...base, ...(given as Partial<KeyTerms>) };
}

/** The stored terms of a key. */
export function termsOf(key: ApiKey): KeyTerms {
  const { quotaLimit, quotaPeriod } = key;
  return {
    permissions: key.permissions,
    allowedIps: key.allowedIps ?? null,
    deniedIps: key.deniedIps ?? null,
    expiresAt: key.expiresAt ?? null,
    quota: quotaLimit && quotaPeriod ? { limit: quotaLimit, period: quotaPeriod } : null,
    requireSignature: key.requireSignature,
    minSignature: key.minSignature ?? null,
  };
}

/** The columns that hold the terms. */
export function columnsOf(terms: KeyTerms) {
  return {
    permissions: [...terms.permissions],
    allowedIps: terms.allowedIps && [...terms.allowedIps],
    deniedIps: terms.deniedIps && [...terms.deniedIps],
    expiresAt: terms.expiresAt,
    quotaLimit: terms.quota?.limit ?? null,
    quotaPeriod: terms.quota?.period ?? null,
    requireSignature: terms.requireSignature,
    minSignature: terms.minSignature,
  };
}
