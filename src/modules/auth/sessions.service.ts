import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { printTime } from '../../platform/http/time.js';
import type { User } from '../users/index.js';
import type { SessionAnswer } from './auth.dto.js';
import { Session } from './session.entity.js';
import { ACCESS_TOKEN_TTL_SECONDS, SessionTokens } from './session-tokens.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Life of a refresh token. */
const REFRESH_TOKEN_TTL_MS = 30 * DAY_MS;
/** Life of a session, however often it is refreshed. */
const SESSION_TTL_MS = 90 * DAY_MS;

/** Where a login comes from, for the list of sessions. */
export interface SessionOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Login sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly tokens: SessionTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Starts a session in the caller's unit of work. */
  start(em: EntityManager, user: User, origin: SessionOrigin): Session {
    const now = this.clock.now();
    const session = em.create(Session, {
      id: newId(now),
      user,
      createdAt: new Date(now),
      lastSeenAt: new Date(now),
      ip: origin.ip,
      userAgent: origin.userAgent?.slice(0, 256) ?? null,
      expiresAt: new Date(now + SESSION_TTL_MS),
      refreshJti: newId(now),
      refreshIssuedAt: new Date(now),
      refreshExpiresAt: new Date(now + REFRESH_TOKEN_TTL_MS),
      revokedAt: null,
    });
    em.persist(session);
    return session;
  }

  /** The answer to a registration or login: both tokens and the user. */
  answer(session: Session, user: User): SessionAnswer {
    return {
      access_token: this.tokens.accessToken(session, user),
      refresh_token: this.tokens.refreshToken(session),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_TTL_SECONDS,
      user: {
        id: user.id,
        email: user.email,
        name: user.name,
        email_verified: user.emailVerified,
        created_at: printTime(user.createdAt),
      },
    };
  }
}
