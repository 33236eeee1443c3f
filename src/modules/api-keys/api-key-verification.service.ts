import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { Administrators } from '../../platform/access/index.js';
import { QuotaLeases, UsageMeter } from '../../platform/metering/index.js';
import type { Verification, VerificationReason, VerificationView } from './api-key-verification.dto.js';
import { principalOf } from './api-key-principal.js';
import { isLive } from './api-key-status.js';
import { type StoredKey, StoredKeys } from './stored-keys.js';

type Question = z.infer<typeof Verification>;
type Verdict = z.infer<typeof VerificationView>;

/** What a request with the key would be refused with. */
const CODES: Readonly<Record<VerificationReason, NonNullable<Verdict['code']>>> = {
  not_found: 'AUTH_004',
  revoked: 'AUTH_004',
  expired: 'AUTH_004',
  quarantined: 'AUTH_004',
  owner_disabled: 'AUTH_004',
  signature_required: 'AUTH_011',
  ip_not_allowed: 'AUTH_005',
  insufficient_permissions: 'AUTH_009',
  quota_exceeded: 'AUTH_013',
};

/** Verifying of keys that others have sent to the caller. */
@Injectable()
export class ApiKeyVerificationService {
  constructor(
    private readonly keys: StoredKeys,
    private readonly quotas: QuotaLeases,
    private readonly meter: UsageMeter,
    private readonly administrators: Administrators,
  ) {}

  /**
   * Judges a key as if it had been used here from the given address. A valid verdict is a use of the key: it costs one
   * unit of the key's quota and is counted. Keys of other owners do not exist, but for administrators.
   * @throws AppError AUTH_006 for another owner's key, if the policy demands MFA of administrators
   */
  async verify(caller: Principal, question: Question): Promise<Verdict> {
    const key = await this.keys.find(question.key);
    if (!key || !(await this.mayAskAbout(caller, key))) return refusal('not_found', null);
    const reason = whyEnded(key);
    if (reason) return refusal(reason, key);
    return this.judge(principalOf(key), key, question);
  }

  private async mayAskAbout(caller: Principal, key: StoredKey): Promise<boolean> {
    if (key.ownerId === caller.userId) return true;
    if (!caller.permissions.has('admin:keys')) return false;
    await this.administrators.assertTrusted(caller);
    return true;
  }

  private async judge(principal: Principal, key: StoredKey, question: Question): Promise<Verdict> {
    const { quota } = principal;
    const reason = whyRefused(principal, key, question);
    if (reason) return refusal(reason, key);
    if (quota && !(await this.quotas.charge(quota, principal))) return refusal('quota_exceeded', key);
    this.meter.count(principal, { ip: question.ip?.text ?? null, userAgent: null });
    return {
      valid: true,
      key_id: key.id,
      owner_id: key.ownerId,
      permissions: principal.permissions.names(),
      remaining_quota: quota ? await this.quotas.remaining(quota) : null,
    };
  }
}

function whyEnded(key: StoredKey): VerificationReason | null {
  if (isLive(key.status)) return key.isOwnerDisabled ? 'owner_disabled' : null;
  return key.status as VerificationReason;
}

function whyRefused(principal: Principal, { terms }: StoredKey, question: Question): VerificationReason | null {
  if (principal.signaturePolicy?.isRequired) return 'signature_required';
  const isRestricted = terms.allowedIps !== null || terms.deniedIps !== null;
  const isAdmitted = question.ip ? principal.networks.admits(question.ip) : !isRestricted;
  if (!isAdmitted) return 'ip_not_allowed';
  const isAllowed = (question.permissions ?? []).every((permission) => principal.permissions.has(permission));
  return isAllowed ? null : 'insufficient_permissions';
}

function refusal(reason: VerificationReason, key: StoredKey | null): Verdict {
  return {
    valid: false,
    code: CODES[reason],
    reason,
    key_id: key?.id ?? null,
    owner_id: key?.ownerId ?? null,
    permissions: [],
    remaining_quota: reason === 'quota_exceeded' ? 0 : null,
  };
}
