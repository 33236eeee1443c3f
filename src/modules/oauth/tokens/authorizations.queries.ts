import type { Scope } from '../protocol/scopes.js';

/** An authorization with what its redemption and its refreshes are judged by. */
export interface AuthorizationRow {
  readonly id: string;
  readonly grant_id: string;
  readonly client_id: string;
  readonly user_id: string;
  readonly scopes: Scope[];
  readonly redirect_uri: string;
  readonly code_challenge: string | null;
  readonly nonce: string | null;
  readonly authenticated_at: Date | string;
  readonly code_expires_at: Date | string;
  readonly redeemed_at: Date | string | null;
  readonly refresh_digest: string | null;
  readonly parent_digest: string | null;
  readonly parent_spent_at: Date | string | null;
  readonly refresh_expires_at: Date | string | null;
  /** Neither it nor its grant has been revoked, and its user may do something. */
  readonly is_live: boolean;
}

const SELECT = `
  select a.id, a.grant_id, g.client_id, g.user_id, a.scopes, a.redirect_uri, a.code_challenge, a.nonce,
         a.authenticated_at, a.code_expires_at, a.redeemed_at, a.refresh_digest, a.parent_digest, a.parent_spent_at,
         a.refresh_expires_at, (a.revoked_at is null and g.revoked_at is null and u.disabled_at is null) as is_live
    from oauth_authorizations a
    join oauth_grants g on g.id = a.grant_id
    join users u on u.id = g.user_id`;

export const FIND_BY_CODE = { name: 'find-oauth-code', text: `${SELECT} where a.code_digest = $1` };
export const FIND_BY_FAMILY = { name: 'find-oauth-refresh-family', text: `${SELECT} where a.family_digest = $1` };

/** The token of a guarded change is stored with it, or neither is. ($1 to $6: what of the token is stored) */
const STORE_TOKEN = `
  insert into oauth_access_tokens (digest, client_id, authorization_id, scopes, issued_at, expires_at)
  select $1, $2::uuid, changed.id, string_to_array($4, ' '), $5::timestamptz, $6::timestamptz from changed
  returning authorization_id`;

const STILL_LIVE = `a.id = $3::uuid and a.revoked_at is null and g.id = a.grant_id and g.revoked_at is null
     and u.id = g.user_id and u.disabled_at is null`;

/**
 * Redeems a code, in one guarded statement: of parallel requests on any number of processes one gets a row. ($5 is now;
 * $7 family and $8 first refresh token, both null without one, $9 its end, $10 how long the row is kept)
 */
export const REDEEM_CODE = {
  name: 'redeem-oauth-code',
  text: `with changed as (
           update oauth_authorizations a
              set redeemed_at = $5::timestamptz, family_digest = $7, refresh_digest = $8,
                  refresh_expires_at = $9::timestamptz, kept_until = $10::timestamptz
             from oauth_grants g, users u
            where ${STILL_LIVE} and a.redeemed_at is null and a.code_expires_at > $5::timestamptz
           returning a.id)
         ${STORE_TOKEN}`,
};

/** Spends a refresh token and stores its successor, guarded alike. ($7 the token, $8 its successor, $9 its end) */
export const ROTATE_REFRESH_TOKEN = {
  name: 'rotate-oauth-refresh-token',
  text: `with changed as (
           update oauth_authorizations a
              set parent_digest = a.refresh_digest, parent_spent_at = $5::timestamptz, refresh_digest = $8,
                  refresh_expires_at = $9::timestamptz, kept_until = $9::timestamptz
             from oauth_grants g, users u
            where ${STILL_LIVE} and a.refresh_digest = $7 and a.refresh_expires_at > $5::timestamptz
           returning a.id)
         ${STORE_TOKEN}`,
};
