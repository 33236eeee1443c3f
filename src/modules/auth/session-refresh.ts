import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database, GroupCommit } from '../../platform/database/index.js';
import type { SessionAnswer } from './auth.dto.js';
import {
  FIND_REFRESH_STATE,
  type RefreshRow,
  ROTATE_REFRESH_TOKENS,
  type RotationRow,
  type UserColumns,
} from './rotate-refresh-token.sql.js';
import { type RefreshTokenClaims, SessionTokens } from './session-tokens.js';
import { REFRESH_TOKEN_TTL_MS, SessionsService } from './sessions.service.js';

/** How long a spent refresh token still gets the successor it was spent for: a lost answer, a second tab. */
const GRACE_MS = 60_000;

/** One at a time: while a group is with the database the next one fills, so that two halves of the clients take turns. */
const ROTATIONS_TOGETHER = { sizeMax: 200, groupsMax: 1 };

/** What an answer is made from: a session and its user. */
type AnswerFacts = Parameters<SessionsService['answer']>;

/**
 * Refresh token rotation (RFC 9700 §4.14.2). A refresh token is spent by one guarded statement, which it shares with
 * those that arrive together with it; who comes second with the same token gets the same successor for a minute. Anything older is in two hands, and ends the session.
 */
@Injectable()
export class SessionRefresh {
  private readonly rotations = new GroupCommit<RefreshTokenClaims, AnswerFacts | null>(
    (tokens) => this.rotate(tokens),
    ROTATIONS_TOGETHER,
  );

  constructor(
    private readonly database: Database,
    private readonly tokens: SessionTokens,
    private readonly sessions: SessionsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError AUTH_003 for what is no refresh token, AUTH_002 for an expired, ended or replayed one */
  async refresh(refreshToken: string): Promise<SessionAnswer> {
    const claims = this.tokens.readRefreshToken(refreshToken);
    const facts = (await this.rotations.add(claims)) ?? (await this.successorOf(claims));
    return this.sessions.answer(...facts);
  }

  /** Each token's session as it is from now on; null where the token was not its current one. */
  private async rotate(tokens: readonly RefreshTokenClaims[]): Promise<(AnswerFacts | null)[]> {
    const now = this.clock.now();
    const latestEnd = now + REFRESH_TOKEN_TTL_MS;
    const { refreshSecretId } = this.tokens;
    const rotations = tokens.map(({ sid, sub, jti }) => ({ sid, sub, jti, successor: newId(now) }));
    // all processes take the sessions in the same order, so that no two statements can wait for each other
    const ordered = rotations.toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
    const { rows } = await this.database.query<RotationRow>(ROTATE_REFRESH_TOKENS, [
      ordered.map(({ sid }) => sid),
      ordered.map(({ sub }) => sub),
      ordered.map(({ jti }) => jti),
      ordered.map(({ successor }) => successor),
      new Date(now),
      refreshSecretId,
      new Date(latestEnd),
    ]);
    const rotated = new Map(rows.map((row) => [row.successor_jti, row]));
    return rotations.map(({ sid, sub, successor }) => {
      const row = rotated.get(successor);
      if (!row) return null;
      const expiresAt = new Date(row.expires_at);
      const session = {
        id: sid,
        expiresAt,
        refreshJti: successor,
        refreshSecretId,
        refreshIssuedAt: new Date(now),
        refreshExpiresAt: new Date(Math.min(latestEnd, expiresAt.getTime())),
      };
      return [session, userOf(sub, row)];
    });
  }

  /** What a token that is not the current one is worth: its successor while the grace lasts, the session otherwise. */
  private async successorOf(claims: RefreshTokenClaims): Promise<AnswerFacts> {
    const now = this.clock.now();
    const { rows } = await this.database.query<RefreshRow>(FIND_REFRESH_STATE, [claims.sid, claims.sub, new Date(now)]);
    const [state] = rows;
    if (!state) throw new AppError('AUTH_002', { detail: 'The session of this token has ended.' });
    const spentAt = state.parent_spent_at === null ? 0 : new Date(state.parent_spent_at).getTime();
    if (state.parent_jti === claims.jti && now < spentAt + GRACE_MS)
      return [sessionOf(claims.sid, state), userOf(claims.sub, state)];
    await this.sessions.endForReuse(claims.sub, claims.sid);
    throw new AppError('AUTH_002', {
      detail: 'This refresh token was used before; for safety its session has ended. Log in again.',
    });
  }
}

function sessionOf(id: string, row: RefreshRow): AnswerFacts[0] {
  return {
    id,
    expiresAt: new Date(row.expires_at),
    refreshJti: row.refresh_jti,
    refreshSecretId: row.refresh_secret_id,
    refreshIssuedAt: new Date(row.refresh_issued_at),
    refreshExpiresAt: new Date(row.refresh_expires_at),
  };
}

function userOf(id: string, row: UserColumns): AnswerFacts[1] {
  return {
    id,
    email: row.email,
    name: row.name,
    emailVerified: row.email_verified,
    createdAt: new Date(row.user_created_at),
  };
}
