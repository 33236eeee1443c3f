import type { EntityManager } from '@mikro-orm/postgresql';
import { type GuardedAnomaly, KeyProtection, type LeakAction } from './key-protection.entity.js';

/** How an owner's keys are protected. */
export interface ProtectionTerms {
  readonly onLeak: LeakAction;
  readonly quarantineOn: readonly GuardedAnomaly[];
}

/** A key in public is as good as stolen; strange use may have a good reason, so that is only told. */
export const PROTECTION_DEFAULTS: ProtectionTerms = { onLeak: 'revoke', quarantineOn: [] };

/** The terms of an owner, who may not have chosen any. */
export async function protectionOf(em: EntityManager, ownerId: string): Promise<ProtectionTerms> {
  return (await em.findOne(KeyProtection, { ownerId })) ?? PROTECTION_DEFAULTS;
}
