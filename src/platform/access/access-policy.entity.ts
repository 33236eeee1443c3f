import { defineEntity, p } from '@mikro-orm/core';

const AccessPolicySchema = defineEntity({
  name: 'AccessPolicy',
  tableName: 'access_policies',
  properties: {
    /** There is one row, `installation`; none means that everything is at its default. */
    id: p.string().length(16).primary(),
    stepUpBeforeMinting: p.boolean().default(false),
  },
});

/** What administrators demand of everybody beyond what the code does. */
export class AccessPolicy extends AccessPolicySchema.class {}
AccessPolicySchema.setClass(AccessPolicy);
export { AccessPolicySchema };
