/**
 * Compiled with everything else, never run: a misspelt name of an event, a permission or an error does not compile. A
 * directive below fails the type check as soon as what follows it compiles.
 */
import type { Permission } from '../../src/kernel/access/permission.ts';
import { AppError } from '../../src/kernel/errors/app-error.ts';
import type { EventType } from '../../src/kernel/events/event-types.ts';

export const NAMES: { event: EventType; permission: Permission; refusal: AppError }[] = [
  { event: 'login.succeeded', permission: 'read:keys', refusal: new AppError('COMP_001') },
  // @ts-expect-error TS2820: it is called login.succeeded
  { event: 'login.succeded', permission: 'read:keys', refusal: new AppError('COMP_001') },
  // @ts-expect-error TS2820: it is called read:keys
  { event: 'login.succeeded', permission: 'read:key', refusal: new AppError('COMP_001') },
  // @ts-expect-error TS2345: there is no such code
  { event: 'login.succeeded', permission: 'read:keys', refusal: new AppError('COMP_999') },
];
