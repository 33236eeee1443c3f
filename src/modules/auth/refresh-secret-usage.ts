import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { ACCESS_TOKEN_TTL_SECONDS, SessionTokens } from './session-tokens.js';

/** Live refresh tokens that are signed with another JWT secret than the newest. ($1 newest secret id, $2 now) */
const FIND_OLDER_TOKENS = `
  select count(*)::int as sessions, max(refresh_expires_at) as until from sessions
   where revoked_at is null and refresh_expires_at > $2::timestamptz and refresh_secret_id <> $1`;

/** What older JWT secrets are still needed for. */
export interface OlderTokens {
  /** Sessions that have not been refreshed since the newest secret came. */
  readonly sessions: number;
  /** When the last older token will have expired; null: none is alive. */
  readonly until: Date | null;
}

/** Tells when a JWT secret can be dropped without logging anybody out. */
@Injectable()
export class RefreshSecretUsage {
  constructor(
    private readonly database: Database,
    private readonly tokens: SessionTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Tokens that secrets older than `rotatedAt` may have signed. */
  async olderThan(rotatedAt: Date): Promise<OlderTokens> {
    const now = this.clock.now();
    const values = [this.tokens.refreshSecretId, new Date(now)];
    const { rows } = await this.database.query<{ sessions: number; until: string | null }>(FIND_OLDER_TOKENS, values);
    const accessUntil = rotatedAt.getTime() + ACCESS_TOKEN_TTL_SECONDS * 1000;
    const refreshUntil = rows[0]?.until ? new Date(rows[0].until).getTime() : 0;
    const until = Math.max(accessUntil, refreshUntil);
    return { sessions: rows[0]?.sessions ?? 0, until: until > now ? new Date(until) : null };
  }
}
