import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import type { Role } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import type { EventType } from '../../kernel/events/event-types.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Invalidations } from '../../platform/access/index.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { User } from './user.entity.js';

/** Which users a list shows. */
export interface UserFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Part of the name or e-mail address, in any case. */
  readonly q?: string | undefined;
  readonly role?: Role | undefined;
  readonly status?: 'active' | 'locked' | 'disabled' | undefined;
}

/** What administrators do to users, each in the caller's transaction. */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly invalidations: Invalidations,
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Users, newest first; one more than the limit. */
  list(em: EntityManager, filter: UserFilter): Promise<User[]> {
    const conditions: FilterQuery<User>[] = [];
    if (filter.cursor) conditions.push({ id: { $lt: filter.cursor } });
    if (filter.role) conditions.push({ role: filter.role });
    if (filter.status) conditions.push(STATUS_CONDITIONS[filter.status]);
    if (filter.q) conditions.push(contains(filter.q));
    return em.find(User, { $and: conditions }, { orderBy: { id: 'desc' }, limit: filter.limit + 1 });
  }

  /** Lets nobody log in to the account; sessions and keys go on. */
  lock(em: EntityManager, user: User, reason: string): void {
    if (user.lockedAt) return;
    user.lockedAt = new Date(this.clock.now());
    this.record(em, user, 'admin.user_locked', { reason });
  }

  /** Takes a lock back, an administrator's and those that failed logins have set. */
  async unlock(em: EntityManager, user: User, reason?: string): Promise<void> {
    user.lockedAt = null;
    await em.execute('delete from login_failures where user_id = ?', [user.id]);
    this.record(em, user, 'admin.user_unlocked', { reason: reason ?? null });
  }

  /** Ends everything that the user holds, on every process. @throws AppError REQ_006 for the last administrator */
  async disable(em: EntityManager, user: User, reason: string): Promise<void> {
    if (user.disabledAt) return;
    await assertNotLast(em, user);
    user.disabledAt = new Date(this.clock.now());
    await this.invalidations.announce(em, { kind: 'owner', id: user.id });
    this.record(em, user, 'admin.user_disabled', { reason });
  }

  /** Lets the user in again; keys that have not been revoked work again. */
  async enable(em: EntityManager, user: User, reason?: string): Promise<void> {
    if (!user.disabledAt) return;
    user.disabledAt = null;
    await this.invalidations.announce(em, { kind: 'owner', id: user.id });
    this.record(em, user, 'admin.user_enabled', { reason: reason ?? null });
  }

  /** Changes what the user is; credentials reach as far as the new role from the next request on. @throws AppError REQ_006 */
  async changeRole(em: EntityManager, user: User, role: Role, reason: string): Promise<void> {
    if (user.role === role) return;
    if (role !== 'admin') await assertNotLast(em, user);
    const before = user.role;
    user.role = role;
    await this.invalidations.announce(em, { kind: 'owner', id: user.id });
    this.record(em, user, 'admin.role_changed', { before, after: role, reason });
  }

  private record(em: EntityManager, user: User, type: EventType, data: Record<string, unknown>): void {
    this.trail.record(em, { type, ownerId: user.id, data: { user_id: user.id, ...data } });
  }
}

const STATUS_CONDITIONS: Readonly<Record<NonNullable<UserFilter['status']>, FilterQuery<User>>> = {
  active: { disabledAt: null, lockedAt: null },
  locked: { disabledAt: null, lockedAt: { $ne: null } },
  disabled: { disabledAt: { $ne: null } },
};

function contains(text: string): FilterQuery<User> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return { $or: [{ name: { $ilike: pattern } }, { email: { $ilike: pattern } }] };
}

/** Two administrators who remove each other must not leave nobody: these changes take turns. */
async function assertNotLast(em: EntityManager, user: User): Promise<void> {
  if (user.role !== 'admin') return;
  await em.execute("select pg_advisory_xact_lock(hashtext('kindly.administrators'))");
  const others = await em.count(User, { id: { $ne: user.id }, role: 'admin', disabledAt: null });
  if (others === 0) throw new AppError('REQ_006', { detail: 'This is the last administrator.' });
}
