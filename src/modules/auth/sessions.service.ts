import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { Invalidations } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { User } from '../users/index.js';
import type { LoginSessionQuery, LoginSessionView, SessionAnswer } from './auth.dto.js';
import { Session } from './session.entity.js';
import {
  endLiveSessions,
  endOldestSessions,
  getSession,
  listLiveSessions,
  type SessionSelection,
} from './session.repository.js';
import { ACCESS_TOKEN_TTL_SECONDS, type AccessFacts, type RefreshFacts, SessionTokens } from './session-tokens.js';
import { viewLoginSession, viewUser } from './session.view.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Life of a refresh token. */
export const REFRESH_TOKEN_TTL_MS = 30 * DAY_MS;
/** Life of a session, however often it is refreshed. */
const SESSION_TTL_MS = 90 * DAY_MS;

/** Where a login comes from, for the list of sessions. */
export interface SessionOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Login sessions: starting, listing and ending them. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly tokens: SessionTokens,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Starts a session in the caller's unit of work. */
  start(em: EntityManager, userId: string, origin: SessionOrigin): Session {
    const now = this.clock.now();
    const session = em.create(Session, {
      id: newId(now),
      user: em.getReference(User, userId),
      createdAt: new Date(now),
      lastSeenAt: new Date(now),
      ip: origin.ip,
      userAgent: origin.userAgent?.slice(0, 256) ?? null,
      expiresAt: new Date(now + SESSION_TTL_MS),
      refreshJti: newId(now),
      refreshSecretId: this.tokens.refreshSecretId,
      refreshIssuedAt: new Date(now),
      refreshExpiresAt: new Date(now + REFRESH_TOKEN_TTL_MS),
      parentJti: null,
      parentSpentAt: null,
      revokedAt: null,
    });
    em.persist(session);
    return session;
  }

  /** The answer to a registration, login or refresh: both tokens and the user. */
  answer(
    session: AccessFacts['session'] & RefreshFacts['session'],
    user: Parameters<typeof viewUser>[0],
  ): SessionAnswer {
    return {
      access_token: this.tokens.accessToken({ session, user }),
      refresh_token: this.tokens.refreshToken({ session, user }),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_TTL_SECONDS,
      user: viewUser(user),
    };
  }

  async list(
    caller: Principal,
    query: z.infer<typeof LoginSessionQuery>,
  ): Promise<Page<z.infer<typeof LoginSessionView>>> {
    const now = new Date(this.clock.now());
    const rows = await this.database.read((em) => listLiveSessions(em, caller.userId, query, now));
    return toPage(rows, query.limit, (row) => viewLoginSession(row, caller.credentialId));
  }

  /** Ends one of the caller's sessions; ending an ended one changes nothing. @throws AppError REQ_005 */
  async end(caller: Principal, sessionId: string): Promise<void> {
    await this.database.transaction(async (em) => {
      await getSession(em, caller.userId, sessionId);
      await this.endWithin(em, caller.userId, { only: sessionId });
    });
  }

  async endAll(caller: Principal): Promise<void> {
    await this.database.transaction((em) => this.endWithin(em, caller.userId, 'all'));
  }

  /** Ends live sessions in the caller's transaction: their access and refresh tokens die with the commit. */
  async endWithin(em: EntityManager, userId: string, selection: SessionSelection): Promise<void> {
    for (const id of await this.endAndAnnounce(em, userId, selection)) {
      this.outbox.record(em, { type: 'session.revoked', ownerId: userId, data: { session_id: id } });
    }
  }

  /**
   * Ends the oldest of a user's sessions where a new one would be too many, in the transaction that opens it and holds
   * the user's row. @param most how many a user may have with the new one; 0: any number
   */
  async endSurplus(em: EntityManager, userId: string, most: number): Promise<void> {
    if (most === 0) return;
    const ended = await endOldestSessions(em, userId, most - 1, new Date(this.clock.now()));
    await this.announce(em, ended);
    for (const id of ended) {
      const data = { session_id: id, reason: 'too_many_sessions' };
      this.outbox.record(em, { type: 'session.revoked', ownerId: userId, data });
    }
  }

  /** Ends a session one of whose spent refresh tokens has turned up again; recorded once. */
  async endForReuse(userId: string, sessionId: string): Promise<void> {
    await this.database.transaction(async (em) => {
      for (const id of await this.endAndAnnounce(em, userId, { only: sessionId })) {
        this.outbox.record(em, { type: 'session.reuse_detected', ownerId: userId, data: { session_id: id } });
      }
    });
  }

  private async endAndAnnounce(em: EntityManager, userId: string, selection: SessionSelection): Promise<string[]> {
    const ended = await endLiveSessions(em, userId, selection, new Date(this.clock.now()));
    await this.announce(em, ended);
    return ended;
  }

  private announce(em: EntityManager, sessionIds: readonly string[]): Promise<void> {
    return this.invalidations.announce(em, ...sessionIds.map((id) => ({ kind: 'session', id }) as const));
  }
}
