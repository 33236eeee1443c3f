import { defineEntity, p } from '@mikro-orm/core';
import type { PrincipalKind } from '../../../kernel/access/principal.js';
import type { Dimension } from './request-tally.js';

/** The columns of both tables. */
function usageColumns() {
  return {
    ownerId: p.uuid().primary(),
    dimension: p.string().length(8).$type<Dimension>().primary(),
    /** Where the hour or the day begins. */
    bucket: p.datetime().primary(),
    /** The key, service account, grant or session that was used. */
    credentialId: p.uuid().primary(),
    /** Empty: unknown, or one of too many. */
    value: p.string().length(200).primary(),
    credentialKind: p.string().length(16).$type<PrincipalKind>(),
    requests: p.bigint(),
    /** Requests that were answered with a status of 400 or more. */
    errors: p.bigint(),
  };
}

const UsageHourSchema = defineEntity({
  name: 'UsageHour',
  tableName: 'usage_hours',
  properties: usageColumns(),
  indexes: [
    { name: 'usage_hours_bucket_index', properties: ['bucket'] },
    // the rules about refused requests look at the last hours of all owners
    { name: 'usage_hours_refusal_index', properties: ['bucket'], where: "dimension = 'refusal'" },
  ],
});

/** Requests of a credential in an hour, by one value of one dimension. */
export class UsageHour extends UsageHourSchema.class {}
UsageHourSchema.setClass(UsageHour);

const UsageDaySchema = defineEntity({
  name: 'UsageDay',
  tableName: 'usage_days',
  properties: usageColumns(),
  indexes: [{ name: 'usage_days_bucket_index', properties: ['bucket'] }],
});

/** The same of a day (UTC); always the sum of its hours. */
export class UsageDay extends UsageDaySchema.class {}
UsageDaySchema.setClass(UsageDay);

export { UsageDaySchema, UsageHourSchema };
