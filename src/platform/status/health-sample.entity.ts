import { defineEntity, p } from '@mikro-orm/core';

const HealthSampleSchema = defineEntity({
  name: 'HealthSample',
  tableName: 'health_samples',
  properties: {
    /** The minute it stands for; the first process to write it wins. */
    minute: p.datetime().primary(),
    /** Names of the components that failed in it. */
    failed: p.array(),
  },
});

/**
 * The state of one minute. That the row exists says that a process was up and could write to the database; a minute
 * without a row counts as an outage of both.
 */
export class HealthSample extends HealthSampleSchema.class {}
HealthSampleSchema.setClass(HealthSample);
export { HealthSampleSchema };
