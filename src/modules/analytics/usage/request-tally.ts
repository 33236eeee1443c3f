import type { PrincipalKind } from '../../../kernel/access/principal.js';
import type { ErrorCode } from '../../../kernel/errors/catalogue.js';
import { networkOf } from '../../../kernel/net/network-of.js';
import type { FinishedRequest } from '../../../platform/telemetry/index.js';

const HOUR_MS = 3_600_000;

/** What requests are counted by; `refusal`: the code and the route of those that are {@link isTelling}. */
export const DIMENSIONS = ['status', 'route', 'ip', 'refusal'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The most distinct values of a dimension that one tally holds; the others share {@link OTHERS}. */
const VALUES_MAX = 100;
const OTHERS = '';
const ADMITTED_MAX = 20;

/** How many requests, and how many of them were answered with a status of 400 or more. */
export interface Count {
  requests: number;
  errors: number;
}

/** Requests of one credential in one hour. */
export interface RequestTally {
  readonly ownerId: string;
  readonly credentialId: string;
  readonly credentialKind: PrincipalKind;
  readonly hourMs: number;
  /** The counts by value. */
  readonly counts: Readonly<Record<Dimension, Map<string, Count>>>;
  /** The network of each address from which it was let in. */
  readonly admitted: Map<string, string>;
}

/** The hour (epoch milliseconds) that a moment is counted in. */
export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / HOUR_MS) * HOUR_MS;
}

/** A tally of nothing yet. */
export function emptyTally({ principal }: FinishedRequest, hourMs: number): RequestTally {
  return {
    ownerId: principal.userId,
    credentialId: principal.credentialId,
    credentialKind: principal.kind,
    hourMs,
    counts: { status: new Map(), route: new Map(), ip: new Map(), refusal: new Map() },
    admitted: new Map(),
  };
}

/** Counts one request. */
export function countRequest(tally: RequestTally, { route, status, address, refusal }: FinishedRequest): void {
  const { counts, admitted } = tally;
  const errors = status >= 400 ? 1 : 0;
  add(counts.status, String(status), 1, errors);
  add(counts.route, route, 1, errors);
  add(counts.ip, address?.text ?? OTHERS, 1, errors);
  if (refusal && isTelling(refusal, route)) add(counts.refusal, `${refusal} ${route}`, 1, errors);
  if (!refusal?.startsWith('AUTH_') && address && admitted.size < ADMITTED_MAX && !admitted.has(address.text)) {
    admitted.set(address.text, networkOf(address));
  }
}

/** Whether a refusal tells something of a credential: access control's, an id of nothing or of another's, a bomb. */
function isTelling(refusal: ErrorCode, route: string): boolean {
  return refusal.startsWith('AUTH_') || refusal === 'COMP_002' || (refusal === 'REQ_005' && route.includes(':'));
}

/** Adds an earlier tally, which could not be written, to a later one. */
export function mergeTally(into: RequestTally, from: RequestTally): void {
  for (const dimension of DIMENSIONS) {
    for (const [value, { requests, errors }] of from.counts[dimension]) {
      add(into.counts[dimension], value, requests, errors);
    }
  }
  for (const [address, network] of from.admitted) {
    if (into.admitted.size < ADMITTED_MAX) into.admitted.set(address, network);
  }
}

function add(counts: Map<string, Count>, value: string, requests: number, errors: number): void {
  const kept = counts.has(value) || counts.size < VALUES_MAX ? value : OTHERS;
  const count = counts.get(kept);
  if (count) {
    count.requests += requests;
    count.errors += errors;
  } else {
    counts.set(kept, { requests, errors });
  }
}
