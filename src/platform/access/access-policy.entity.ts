import { defineEntity, p } from '@mikro-orm/core';

const AccessPolicySchema = defineEntity({
  name: 'AccessPolicy',
  tableName: 'access_policies',
  properties: {
    /** There is one row, `installation`; none means that everything is at its default. */
    id: p.string().length(16).primary(),
    /** The longest life of a key in days; null: any, and none. */
    keyLifeDaysMax: p.integer().nullable(),
    /** Whether keys of the environment `prod` need a list of allowed addresses. */
    prodKeysNeedIpList: p.boolean().default(false),
    /** Whether keys have to name each of their permissions. */
    forbidWildcards: p.boolean().default(false),
    /** How many live keys a user may have; null: any number. */
    keysPerUserMax: p.integer().nullable(),
    stepUpBeforeMinting: p.boolean().default(false),
    administratorsNeedMfa: p.boolean().default(false),
  },
});

/** What administrators demand of everybody beyond what the code does. */
export class AccessPolicy extends AccessPolicySchema.class {}
AccessPolicySchema.setClass(AccessPolicy);
export { AccessPolicySchema };
