import { defineEntity, p } from '@mikro-orm/core';
import type { Role } from '../../kernel/access/permission.js';

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.uuid().primary(),
    /** As the user typed it, trimmed. */
    email: p.string().length(254),
    /** The form that is compared: see `normaliseEmail`. */
    emailKey: p.string().length(254).unique(),
    emailVerified: p.boolean().default(false),
    name: p.string().length(120),
    /** argon2id in its PHC string. */
    passwordHash: p.text().lazy().hidden(),
    role: p.string().length(16).$type<Role>().default('user'),
    createdAt: p.datetime(),
    /** API keys that were ever made for the user; the database counts them. Nobody has more live ones. */
    keysMinted: p.integer().default(0).hidden().index(),
    /** An administrator lets nobody log in; what is logged in goes on, and so do keys. */
    lockedAt: p.datetime().nullable(),
    /** Everything the user holds has ended. */
    disabledAt: p.datetime().nullable(),
  },
});

/** A person with an account. */
export class User extends UserSchema.class {}
UserSchema.setClass(User);
export { UserSchema };
