import { defineEntity, p } from '@mikro-orm/core';
import { User } from './user.entity.js';

const KnownNetworkSchema = defineEntity({
  name: 'KnownNetwork',
  tableName: 'known_networks',
  properties: {
    user: () => p.manyToOne(User).deleteRule('cascade').primary(),
    /** An IPv4 /24 or IPv6 /64. */
    network: p.string().length(49).primary(),
    lastSeenAt: p.datetime().index(),
  },
});

/** A network from which a user has logged in. */
export class KnownNetwork extends KnownNetworkSchema.class {}
KnownNetworkSchema.setClass(KnownNetwork);
export { KnownNetworkSchema };
