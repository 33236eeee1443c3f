/** What of a user goes into tokens and answers. */
export interface UserColumns {
  readonly email: string;
  readonly name: string;
  readonly email_verified: boolean;
  readonly user_created_at: string | Date;
}

/** What whoever spends a token does not know of the session yet. */
export interface RotationRow extends UserColumns {
  readonly successor_jti: string;
  readonly expires_at: string | Date;
}

/** The refresh state of a session. */
export interface RefreshRow extends UserColumns {
  readonly expires_at: string | Date;
  readonly refresh_jti: string;
  readonly refresh_secret_id: string;
  readonly refresh_issued_at: string | Date;
  readonly refresh_expires_at: string | Date;
  readonly parent_jti: string | null;
  readonly parent_spent_at: string | Date | null;
}

const USER_COLUMNS = 'u.email, u.name, u.email_verified, u.created_at as user_created_at';

/**
 * Spends refresh tokens and makes their successors, in one guarded statement: of parallel requests on any number of
 * processes one gets a row, with the jti that it brought for the successor. The users are checked again. ($1 sessions,
 * $2 users, $3 jtis, $4 jtis of the successors, $5 now, $6 secret id, $7 latest end of a successor)
 */
export const ROTATE_REFRESH_TOKENS = {
  name: 'rotate-refresh-tokens',
  text: `update sessions s
            set parent_jti = s.refresh_jti, parent_spent_at = $5::timestamptz,
                refresh_jti = t.successor_jti, refresh_secret_id = $6, refresh_issued_at = $5::timestamptz,
                refresh_expires_at = least($7::timestamptz, s.expires_at), last_seen_at = $5::timestamptz
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as t(session_id, user_id, jti, successor_jti),
                users u
          where s.id = t.session_id and s.user_id = t.user_id and s.refresh_jti = t.jti and s.revoked_at is null
            and s.refresh_expires_at > $5::timestamptz and u.id = s.user_id and u.disabled_at is null
         returning s.refresh_jti as successor_jti, s.expires_at, ${USER_COLUMNS}`,
};

/** The same state of a session that lives, whose user may log in. ($1 session, $2 user, $3 now) */
export const FIND_REFRESH_STATE = {
  name: 'find-refresh-state',
  text: `select s.expires_at, s.refresh_jti, s.refresh_secret_id, s.refresh_issued_at, s.refresh_expires_at,
                 s.parent_jti, s.parent_spent_at, ${USER_COLUMNS}
            from sessions s join users u on u.id = s.user_id
          where s.id = $1::uuid and s.user_id = $2::uuid and s.revoked_at is null
            and s.refresh_expires_at > $3::timestamptz and u.disabled_at is null`,
};
