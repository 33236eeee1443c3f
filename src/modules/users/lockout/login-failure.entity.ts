import { defineEntity, p } from '@mikro-orm/core';

const LoginFailureSchema = defineEntity({
  name: 'LoginFailure',
  tableName: 'login_failures',
  properties: {
    /** What was guessed at; each kind is counted apart. */
    kind: p.string().length(8).primary().$type<AttemptKind>(),
    /** SHA-256 of who is counted; e-mail addresses of strangers are not stored. */
    subject: p.blob().primary(),
    /** Whose account it is, so that an administrator can lift its locks; all zeros (before: null): nobody's. */
    userId: p.uuid().nullable().index(),
    scope: p.string().length(8).$type<AttemptScope>(),
    /** The failures of the last quarter of an hour. */
    failedAt: p.array<Date>().columnType('timestamptz[]'),
    /** How often it was locked in a row; each time doubles the next. */
    locks: p.integer(),
    lockedUntil: p.datetime().nullable(),
    updatedAt: p.datetime().index(),
  },
});

/** What somebody tries to guess. */
export type AttemptKind = 'password' | 'mfa';

/** Whether one place (network or device) is counted, all unknown places of an account together, or nothing: ballast. */
export type AttemptScope = 'place' | 'account' | 'ballast';

/** The failed attempts on an account from one place. Written by the guarded statements of the lockout only. */
export class LoginFailure extends LoginFailureSchema.class {}
LoginFailureSchema.setClass(LoginFailure);
export { LoginFailureSchema };
