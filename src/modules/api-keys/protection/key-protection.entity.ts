import { defineEntity, p } from '@mikro-orm/core';
import { USE_ALARM_KINDS } from '../../../platform/access/index.js';

/** What is done about a key that has been found in public. */
export const LEAK_ACTIONS = ['revoke', 'quarantine', 'alert'] as const;
export type LeakAction = (typeof LEAK_ACTIONS)[number];

/** The anomalies about which more than telling can be done. */
export const GUARDED_ANOMALIES = USE_ALARM_KINDS;
export type GuardedAnomaly = (typeof GUARDED_ANOMALIES)[number];

const KeyProtectionSchema = defineEntity({
  name: 'KeyProtection',
  tableName: 'key_protections',
  properties: {
    ownerId: p.uuid().primary(),
    onLeak: p.string().length(10).$type<LeakAction>(),
    /** The anomalies for which a key is quarantined; for the others its owner is only told. */
    quarantineOn: p.array<GuardedAnomaly>(),
    updatedAt: p.datetime(),
  },
});

/** How an owner wants their keys to be protected; no row: at the defaults. */
export class KeyProtection extends KeyProtectionSchema.class {}
KeyProtectionSchema.setClass(KeyProtection);
export { KeyProtectionSchema };
