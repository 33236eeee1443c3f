import type { KeyAlarmKind } from '../../../platform/access/index.js';

/** Finds what is strange at a moment and has not been told yet. */
export interface AnomalyRule {
  readonly kind: KeyAlarmKind;
  /** A query that gives rows of {@link Finding}. */
  readonly text: string;
  /** What stands for its question marks. */
  readonly parameters: (now: Date) => readonly unknown[];
}

/** What a rule has found. */
export interface Finding {
  readonly owner_id: string;
  readonly key_id: string;
  readonly subject: string;
  readonly details: Record<string, unknown>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The same kind of trouble with the same key is told at most once in this time, in milliseconds. */
const QUIET_MS = DAY_MS;
/** Beyond so many networks another one is nothing new. */
const NETWORKS_MAX = 50;
/** A spike is so many times the busiest hour of seven days, and so many requests at least. */
const SPIKE_FACTOR = 3;
const SPIKE_REQUESTS_MIN = 100;
const BASELINE_DAYS = 7;
/** A key must have been in use for so long before an hour of it can be strange. */
const LEARNING_DAYS = 1;
/** Routes that a key is refused at for want of a permission, and refusals of any kind, within two hours. */
const PROBED_ROUTES_MIN = 5;
const DENIALS_MIN = 20;
/** Ids that were not found, and bombs, of a key within two hours. */
const NOT_FOUND_MIN = 20;
const BOMBS_MIN = 5;
/** Findings of one run; the others are found in the next one. */
const FINDINGS_MAX = 200;

const NOT_TOLD = (kind: KeyAlarmKind, key: string): string =>
  `not exists (select from anomalies a where a.key_id = ${key} and a.kind = '${kind}' and a.detected_at > ?)`;

const NEW_NETWORK: AnomalyRule = {
  kind: 'new_network',
  text: `
  select n.owner_id, n.credential_id as key_id, n.network as subject, json_build_object('network', n.network) as details
    from credential_networks n
   where n.first_seen_at > ?
     and exists (select from credential_networks o
                  where o.credential_id = n.credential_id and o.first_seen_at < n.first_seen_at)
     and (select count(*) from credential_networks c where c.credential_id = n.credential_id) <= ${NETWORKS_MAX}
     and not exists (select from anomalies a
                      where a.key_id = n.credential_id and a.kind = 'new_network' and a.subject = n.network)
   limit ${FINDINGS_MAX}`,
  parameters: (now) => [new Date(now.getTime() - HOUR_MS)],
};

const RATE_SPIKE: AnomalyRule = {
  kind: 'rate_spike',
  text: `
  with busy as (
    select owner_id, credential_id, bucket, requests from credential_usage
     where bucket >= ? and requests >= ${SPIKE_REQUESTS_MIN}
  )
  select distinct on (b.credential_id) b.owner_id, b.credential_id as key_id,
         to_char(b.bucket at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as subject,
         json_build_object('requests', b.requests, 'busiest_hour_before', past.busiest) as details
    from busy b
    cross join lateral (
      select max(u.requests) as busiest, min(u.bucket) as since from credential_usage u
       where u.credential_id = b.credential_id
         and u.bucket >= b.bucket - interval '${BASELINE_DAYS} days' and u.bucket < b.bucket
    ) past
   where past.since <= b.bucket - interval '${LEARNING_DAYS} days' and b.requests > ${SPIKE_FACTOR} * past.busiest
     and exists (select from usage_hours h
                  where h.owner_id = b.owner_id and h.dimension = 'status' and h.bucket = b.bucket
                    and h.credential_id = b.credential_id and h.credential_kind = 'api_key')
     and ${NOT_TOLD('rate_spike', 'b.credential_id')}
   order by b.credential_id, b.bucket
   limit ${FINDINGS_MAX}`,
  // with the last hour, whose end nobody has looked at yet
  parameters: (now) => [before(hourOf(now), HOUR_MS), before(now, QUIET_MS)],
};

/** Sums up the refusals of this hour and the last one by key. */
function refusalRule(kind: KeyAlarmKind, codes: string, measure: string, name: string, least: number): AnomalyRule {
  return {
    kind,
    text: `
  select h.owner_id, h.credential_id as key_id, to_char(max(h.bucket) at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as subject,
         json_build_object('${name}', ${measure}) as details
    from usage_hours h
   where h.dimension = 'refusal' and h.bucket >= ? and h.credential_kind = 'api_key' and h.value ~ '${codes}'
     and ${NOT_TOLD(kind, 'h.credential_id')}
   group by 1, 2 having ${measure} >= ${least}
   limit ${FINDINGS_MAX}`,
    parameters: (now) => [before(hourOf(now), HOUR_MS), before(now, QUIET_MS)],
  };
}

const SCOPE_PROBING = refusalRule(
  'scope_probing',
  '^AUTH_009 ',
  'count(distinct h.value)',
  'routes',
  PROBED_ROUTES_MIN,
);

/** Address, permission, signature and replay; a spent quota is no denial. */
const DENIED_BURST = refusalRule('denied_burst', '^AUTH_0(05|09|11|12) ', 'sum(h.requests)', 'requests', DENIALS_MIN);

/** Only routes with an id are counted with this code. */
const NOT_FOUND_BURST = refusalRule('not_found_burst', '^REQ_005 ', 'sum(h.requests)', 'requests', NOT_FOUND_MIN);

/** Data that unpacks to more than may come out. */
const BOMB_BURST = refusalRule('bomb_burst', '^COMP_002 ', 'sum(h.requests)', 'requests', BOMBS_MIN);

/** Every rule; none looks further than what is indexed by the time it looks at. */
export const ANOMALY_RULES: readonly AnomalyRule[] = [
  NEW_NETWORK,
  RATE_SPIKE,
  SCOPE_PROBING,
  DENIED_BURST,
  NOT_FOUND_BURST,
  BOMB_BURST,
];

function hourOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
}

function before(moment: Date, ms: number): Date {
  return new Date(moment.getTime() - ms);
}
