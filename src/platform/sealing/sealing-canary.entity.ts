import { defineEntity, p } from '@mikro-orm/core';

const SealingCanarySchema = defineEntity({
  name: 'SealingCanary',
  tableName: 'sealing_canary',
  properties: {
    /** There is one row, `canary`. */
    id: p.string().length(16).primary(),
    /** A value that nobody needs, sealed under the master key of the installation. */
    valueSealed: p.text(),
  },
});

/** By which a process learns at its start whether it has the master key of this database. */
export class SealingCanary extends SealingCanarySchema.class {}
SealingCanarySchema.setClass(SealingCanary);
export { SealingCanarySchema };
