import type { EntityManager } from '@mikro-orm/postgresql';
import type { CheckedCode } from './check-code.js';
import { MfaFactor } from './mfa-factor.entity.js';
import { MfaRecoveryCode } from './mfa-recovery-code.entity.js';

/** The user's active factor; null if MFA is off or not yet confirmed. */
export function findActiveFactor(em: EntityManager, userId: string): Promise<MfaFactor | null> {
  return em.findOne(MfaFactor, { user: userId, activatedAt: { $ne: null } });
}

/** The factor that the user began to set up after `since` and has not confirmed. */
export function findPendingFactor(em: EntityManager, userId: string, since: Date): Promise<MfaFactor | null> {
  return em.findOne(MfaFactor, { user: userId, activatedAt: null, createdAt: { $gt: since } });
}

/** How many recovery codes of a factor have not been used. */
export function countRecoveryCodesLeft(em: EntityManager, factorId: string): Promise<number> {
  return em.count(MfaRecoveryCode, { factor: factorId, usedAt: null });
}

/** A factor as it is stored when its set-up begins. */
interface NewFactor {
  readonly id: string;
  readonly userId: string;
  readonly secretSealed: string;
  readonly createdAt: Date;
}

/** Stores an unconfirmed factor in the place of an earlier unconfirmed one; false if there is an active one. */
export async function replacePendingFactor(em: EntityManager, factor: NewFactor): Promise<boolean> {
  const rows = await em.execute(
    `insert into mfa_factors as f (id, user_id, secret_sealed, created_at) values (?, ?, ?, ?)
     on conflict (user_id) do update set
       id = excluded.id, secret_sealed = excluded.secret_sealed, created_at = excluded.created_at, last_used_step = null
     where f.activated_at is null returning id`,
    [factor.id, factor.userId, factor.secretSealed, factor.createdAt],
  );
  return rows.length > 0;
}

/** Turns an unconfirmed factor on; false if another request did, or has replaced it. */
export async function activateFactor(em: EntityManager, id: string, step: number, now: Date): Promise<boolean> {
  const changed = await em.nativeUpdate(MfaFactor, { id, activatedAt: null }, { activatedAt: now, lastUsedStep: step });
  return changed > 0;
}

/** Takes a code, once, by one guarded statement: false if it was taken before or is none of this factor's. */
export function spendCode(em: EntityManager, factorId: string, code: CheckedCode, now: Date): Promise<boolean> {
  return code.kind === 'totp' ? spendStep(em, factorId, code.step) : spendRecoveryCode(em, factorId, code.digest, now);
}

/** False also if the code of a later step was taken. */
async function spendStep(em: EntityManager, factorId: string, step: number): Promise<boolean> {
  const taken = await em.nativeUpdate(
    MfaFactor,
    { id: factorId, activatedAt: { $ne: null }, $or: [{ lastUsedStep: null }, { lastUsedStep: { $lt: step } }] },
    { lastUsedStep: step },
  );
  return taken > 0;
}

async function spendRecoveryCode(em: EntityManager, factorId: string, digest: string, now: Date): Promise<boolean> {
  const taken = await em.nativeUpdate(MfaRecoveryCode, { factor: factorId, digest, usedAt: null }, { usedAt: now });
  return taken > 0;
}
