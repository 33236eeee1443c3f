import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import { AppError } from '../../kernel/errors/app-error.js';
import { Session } from './session.entity.js';

/** A user's session with its user, unless it has ended or the user is disabled. */
export function findLiveSession(
  em: EntityManager,
  userId: string,
  sessionId: string,
  now: Date,
): Promise<Session | null> {
  return em.findOne(
    Session,
    { user: { id: userId, disabledAt: null }, id: sessionId, revokedAt: null, expiresAt: { $gt: now } },
    { populate: ['user'] },
  );
}

/** A user's session, live or ended. @throws AppError REQ_005, the same for another user's session and for none */
export async function getSession(em: EntityManager, userId: string, id: string): Promise<Session> {
  const session = await em.findOne(Session, { user: userId, id });
  if (!session) throw new AppError('REQ_005', { detail: 'There is no such session.' });
  return session;
}

/** A user's live sessions, newest first, after the position of the cursor; one more than `limit`. */
export function listLiveSessions(
  em: EntityManager,
  userId: string,
  page: { limit: number; cursor?: string | undefined },
  now: Date,
): Promise<Session[]> {
  const where: FilterQuery<Session> = {
    user: userId,
    revokedAt: null,
    refreshExpiresAt: { $gt: now },
    ...(page.cursor && { id: { $lt: page.cursor } }),
  };
  return em.find(Session, where, { orderBy: { id: 'desc' }, limit: page.limit + 1 });
}

/** Which of a user's sessions: a single one, all, or all but one. */
export type SessionSelection = { readonly only: string } | { readonly allBut: string } | 'all';

/** Ends the selected sessions that are live, in one guarded statement. @returns the ids of those it has ended */
export async function endLiveSessions(
  em: EntityManager,
  userId: string,
  selection: SessionSelection,
  now: Date,
): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    `update sessions set revoked_at = ?
      where user_id = ? and revoked_at is null and (?::uuid is null or id = ?::uuid) and (?::uuid is null or id <> ?::uuid)
     returning id`,
    [now, userId, ...twice(onlyOf(selection)), ...twice(exceptionOf(selection))],
  );
  return rows.map(({ id }) => id);
}

/**
 * Ends the oldest live sessions of a user, so that at most `kept` go on; under the lock of the user's row, so that logins
 * at the same time see each other's sessions. @returns the ids of those it has ended
 */
export async function endOldestSessions(em: EntityManager, userId: string, kept: number, now: Date): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    `update sessions set revoked_at = ?
      where revoked_at is null
        and id in (select id from sessions where user_id = ? and revoked_at is null and refresh_expires_at > ?
                    order by id desc offset ?)
     returning id`,
    [now, userId, now, kept],
  );
  return rows.map(({ id }) => id);
}

function onlyOf(selection: SessionSelection): string | null {
  return typeof selection === 'object' && 'only' in selection ? selection.only : null;
}

function exceptionOf(selection: SessionSelection): string | null {
  return typeof selection === 'object' && 'allBut' in selection ? selection.allBut : null;
}

function twice<T>(value: T): [T, T] {
  return [value, value];
}
