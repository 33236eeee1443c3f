import { defineEntity, p } from '@mikro-orm/core';

const RetentionRunSchema = defineEntity({
  name: 'RetentionRun',
  tableName: 'retention_runs',
  properties: {
    /** Name of the retention step. */
    name: p.string().length(64).primary(),
    /** When a process took its last run, by the clock of the database; `-infinity` before the first. */
    ranAt: p.datetime(),
  },
});

/** By which the processes agree who does the due run of a retention step. */
export class RetentionRun extends RetentionRunSchema.class {}
RetentionRunSchema.setClass(RetentionRun);
export { RetentionRunSchema };
