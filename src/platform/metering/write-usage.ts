/** The most distinct origins that are stored of one credential; the others share one row with an empty ip. */
const ORIGINS_STORED_MAX = 100;

/**
 * Writes a batch of usage in one statement. $1–$6 are one row a credential and hour, $7–$11 one row a credential and
 * origin. Tallies of the hour before may come with those of the current one, so the last use is the latest of both.
 */
export const WRITE_USAGE = {
  name: 'write-usage',
  text: `
  with used as (
    select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[])
               as u(credential_id, bucket, owner_id, requests, last_used_at, last_used_ip)
  ), counted as (
    insert into credential_usage as c (credential_id, bucket, owner_id, requests)
    select credential_id, bucket, owner_id, requests from used
    on conflict (credential_id, bucket) do update set requests = c.requests + excluded.requests
  ), seen as (
    select s.*, o.credential_id is null as is_new
      from unnest($7::uuid[], $8::text[], $9::text[], $10::bigint[], $11::timestamptz[])
        as s(credential_id, ip, user_agent, requests, last_used_at)
      left join credential_origins o using (credential_id, ip, user_agent)
  ), placed as (
    select seen.*, row_number() over (partition by credential_id, is_new order by last_used_at)
             + (select count(*) from credential_origins o where o.credential_id = seen.credential_id) as place
      from seen
  ), kept as (
    insert into credential_origins as o (credential_id, ip, user_agent, requests, last_used_at)
    select credential_id,
           case when is_new and place > ${ORIGINS_STORED_MAX} then '' else ip end,
           case when is_new and place > ${ORIGINS_STORED_MAX} then '' else user_agent end,
           sum(requests), max(last_used_at)
      from placed group by 1, 2, 3 order by 1, 2, 3
    on conflict (credential_id, ip, user_agent) do update
       set requests = o.requests + excluded.requests,
           last_used_at = greatest(o.last_used_at, excluded.last_used_at)
  )
  insert into credential_last_uses as l (credential_id, last_used_at, last_used_ip)
  select distinct on (credential_id) credential_id, last_used_at, last_used_ip
    from used order by credential_id, last_used_at desc
  on conflict (credential_id) do update
     set last_used_at = excluded.last_used_at, last_used_ip = excluded.last_used_ip
   where l.last_used_at <= excluded.last_used_at`,
};
