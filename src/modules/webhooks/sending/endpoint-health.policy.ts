import type { DisabledReason } from '../endpoints/webhook-endpoint.entity.js';

const MINUTE_MS = 60_000;

/** Failures in a row after which an endpoint is left alone for a while. */
export const FAILURES_TO_PAUSE = 5;
const PAUSE_FIRST_MS = 10_000;
const PAUSE_MAX_MS = 5 * MINUTE_MS;

/** Longest pause that one answer can ask for; the delivery itself may wait longer. */
const REQUESTED_PAUSE_MAX_MS = 60 * MINUTE_MS;

/** An endpoint that has answered nothing but failures for so long is disabled. */
export const FAILING_TO_DISABLE_MS = 5 * 24 * 60 * MINUTE_MS;

/** How sending to an endpoint goes; times in epoch milliseconds. */
export interface EndpointHealth {
  readonly consecutiveFailures: number;
  readonly failingSince: number | null;
  readonly pausedUntil: number | null;
  readonly disabled: Exclude<DisabledReason, 'owner'> | null;
}

/** What one answer says about the endpoint. */
export interface EndpointVerdict {
  readonly isDelivered: boolean;
  /** It answered 410. */
  readonly isGone: boolean;
  /** Wait that it asked for, in milliseconds. */
  readonly requestedPauseMs: number | null;
}

/**
 * The circuit breaker: an endpoint's health after one more answer. Five failures in a row pause it; after the pause one
 * delivery tries whether it answers again, and each further failure doubles the pause, up to five minutes. A success
 * closes the circuit.
 */
export function healthAfter(health: EndpointHealth, verdict: EndpointVerdict, nowMs: number): EndpointHealth {
  if (verdict.isDelivered) return { consecutiveFailures: 0, failingSince: null, pausedUntil: null, disabled: null };
  const consecutiveFailures = health.consecutiveFailures + 1;
  const failingSince = health.failingSince ?? nowMs;
  const pauseMs = Math.max(
    pauseAfter(consecutiveFailures),
    Math.min(verdict.requestedPauseMs ?? 0, REQUESTED_PAUSE_MAX_MS),
  );
  return {
    consecutiveFailures,
    failingSince,
    pausedUntil: pauseMs === 0 ? null : nowMs + pauseMs,
    disabled: verdict.isGone ? 'gone' : nowMs - failingSince >= FAILING_TO_DISABLE_MS ? 'failing' : null,
  };
}

/** Whether nothing more may be sent to it now. */
export function isClosedTo(health: EndpointHealth, nowMs: number): boolean {
  return health.disabled !== null || (health.pausedUntil !== null && health.pausedUntil > nowMs);
}

function pauseAfter(consecutiveFailures: number): number {
  const beyond = consecutiveFailures - FAILURES_TO_PAUSE;
  return beyond < 0 ? 0 : Math.min(PAUSE_FIRST_MS * 2 ** Math.min(beyond, 16), PAUSE_MAX_MS);
}
