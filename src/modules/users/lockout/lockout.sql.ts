import {
  FAILURE_WINDOW_MS,
  FAILURES_PER_ACCOUNT_MAX,
  FAILURES_PER_PLACE_MAX,
  FIRST_LOCK_MS,
  LONGEST_LOCK_MS,
} from './lockout-rules.js';

const WINDOW = `interval '${FAILURE_WINDOW_MS} ms'`;
const RECENT = `array(select t from unnest(f.failed_at) t where t > $3::timestamptz - ${WINDOW})`;
/** Null for ballast, of which nothing is too many. */
const FAILURES_MAX = `case f.scope when 'account' then ${FAILURES_PER_ACCOUNT_MAX} when 'place' then ${FAILURES_PER_PLACE_MAX} end`;
const IS_TOO_MANY = `cardinality(${RECENT}) + 1 >= ${FAILURES_MAX}`;
/** Locks in a row: a day after the last of them has ended they are forgotten. */
const EARLIER_LOCKS = `case when greatest(f.updated_at, f.locked_until) > $3::timestamptz - interval '${LONGEST_LOCK_MS} ms' then f.locks else 0 end`;
const LOCK = `least(interval '${FIRST_LOCK_MS} ms' * power(2, least(${EARLIER_LOCKS}, 16)), interval '${LONGEST_LOCK_MS} ms')`;

/**
 * What an attempt begins with: whether its network is known, and the end of the longest lock on any of the subjects that it
 * therefore counts against. ($1 kind, $2 subjects if the network is known, $3 if not, $4 now, $5 user, $6 network,
 * $7 what was seen before is forgotten)
 */
export const BEGIN_ATTEMPT = {
  name: 'begin-login-attempt',
  text: `with place as materialized (
           select exists (select 1 from known_networks
                           where user_id = $5::uuid and network = $6 and last_seen_at > $7::timestamptz) as is_known)
         select is_known,
                (select max(locked_until) from login_failures
                  where kind = $1 and subject = any(case when is_known then $2::bytea[] else $3::bytea[] end)
                    and locked_until > $4::timestamptz) as locked_until
           from place`,
};

/** The end of the longest lock on any of the subjects; null if none is locked. ($1 kind, $2 subjects, $3 now) */
export const FIND_LOCK = {
  name: 'find-login-lock',
  text: `select max(locked_until) as locked_until from login_failures
          where kind = $1 and subject = any($2::bytea[]) and locked_until > $3::timestamptz`,
};

/**
 * Counts a failure, and locks what has seen too many; no row for a subject that is locked, which it does not change.
 * In the order of the subjects, so that two attempts cannot wait for each other. ($1 kind, $2 subjects, $3 now,
 * $4 their scopes, $5 the user)
 */
export const COUNT_FAILURE = {
  name: 'count-login-failure',
  text: `insert into login_failures as f (kind, subject, scope, failed_at, locks, locked_until, updated_at, user_id)
         select $1, s.subject, s.scope, array[$3::timestamptz], 0, null, $3::timestamptz, $5::uuid
           from unnest($2::bytea[], $4::text[]) as s(subject, scope) order by s.subject
         on conflict (kind, subject) do update
            set failed_at = ${RECENT} || $3::timestamptz,
                locks = ${EARLIER_LOCKS} + case when ${IS_TOO_MANY} then 1 else 0 end,
                locked_until = case when ${IS_TOO_MANY} then $3::timestamptz + ${LOCK} else f.locked_until end,
                updated_at = $3::timestamptz, user_id = excluded.user_id
          where f.locked_until is null or f.locked_until <= $3::timestamptz
         returning subject, case when locked_until > $3::timestamptz then locked_until end as locked_until`,
};

/** Takes a failure back that was not to count, with the lock that it set. ($3 when, $4 that lock's end) */
export const TAKE_FAILURE_BACK = {
  name: 'take-login-failure-back',
  text: `update login_failures
            set failed_at = array_remove(failed_at, $3::timestamptz),
                locks = case when locked_until = $4::timestamptz then locks - 1 else locks end,
                locked_until = case when locked_until = $4::timestamptz then null else locked_until end
          where kind = $1 and subject = $2`,
};

/**
 * Forgets the failures of the place that has shown it is the owner's, unless one of the subjects is locked: what
 * {@link FIND_LOCK} says of them. ($1 kind, $2 subjects, $3 now, $4 the place)
 */
export const FORGET_FAILURES = {
  name: 'forget-login-failures',
  text: `with lock as (${FIND_LOCK.text}),
              forgotten as (delete from login_failures
                             where kind = $1 and subject = $4 and (select locked_until from lock) is null
                               -- asked again of a row that another attempt has changed meanwhile
                               and (locked_until is null or locked_until <= $3::timestamptz))
         select locked_until from lock`,
};
