import type { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import type { TermsInput } from './api-key.dto.js';
import type { RequestedTerms } from './key-terms.js';

/** The terms that a body asks for, under the names of the domain. */
export function requestedTerms(input: z.infer<typeof TermsInput>): RequestedTerms {
  return {
    permissions: input.permissions,
    allowedIps: allowedIpsOf(input),
    deniedIps: input.denied_ips,
    expiresAt: input.expires_at,
    quota: input.quota,
    requireSignature: input.require_signature,
    minSignature: input.min_signature,
  };
}

/** The one list under its two names; null beside a list clears nothing, so that no key is open wider than either says. */
function allowedIpsOf({
  allowed_ips: list,
  ip_whitelist: again,
}: z.infer<typeof TermsInput>): string[] | null | undefined {
  return list ?? again ?? (list === undefined ? again : list);
}

/** @throws AppError REQ_001 if a key would have ended before it begins */
export function assertEndsLater(expiresAt: Date | null | undefined, nowMs: number): void {
  if (!expiresAt || expiresAt.getTime() > nowMs) return;
  throw new AppError('REQ_001', {
    detail: 'expires_at must lie in the future.',
    errors: [{ field: 'expires_at', message: 'must lie in the future' }],
  });
}
