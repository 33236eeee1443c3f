/** What {@link noteAttempts} and the sender need of a delivery. */
export const DUE_COLUMNS = 'id, endpoint_id, event_id, sequence, failures, attempts, last_attempt_at, next_attempt_at';

/**
 * The parts of a `with` that note an attempt in each row of `due`; the parameter is the time. An earlier attempt whose
 * process died gets its row, without an outcome, as nobody else will write one.
 */
export function noteAttempts(now: string): string {
  return `
  noted as (
    update webhook_deliveries d set attempts = d.attempts + 1, last_attempt_at = ${now}::timestamptz
      from due where d.id = due.id),
  broken_off as (
    insert into webhook_attempts (delivery_id, number, started_at)
    select id, attempts, last_attempt_at from due where attempts > 0 on conflict do nothing)`;
}
