import type { PrincipalKind } from '../../../kernel/access/principal.js';
import { networkOf } from '../../../kernel/net/network-of.js';
import type { FinishedRequest } from '../../../platform/telemetry/finished-requests.js';

const HOUR_MS = 3_600_000;

/** What requests are counted by; `refusal`: the code and the route of those that access control has refused. */
export const DIMENSIONS = ['status', 'route', 'ip', 'refusal'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The most distinct values of a dimension that one credential's tally holds; the others share an empty one. */
const VALUES_MAX = 100;
const NETWORKS_MAX = 20;

/** Requests with one value of one dimension; `errors` are those of them with a status of 400 or more. */
export interface Cell {
  readonly dimension: Dimension;
  readonly value: string;
  requests: number;
  errors: number;
}

/** Requests of one credential in one hour. */
export interface RequestTally {
  readonly ownerId: string;
  readonly credentialId: string;
  readonly credentialKind: PrincipalKind;
  readonly hourMs: number;
  readonly cells: Map<string, Cell>;
  /** How many values each dimension has. */
  readonly values: Record<Dimension, number>;
  /** The networks from which it was let in. */
  readonly networks: Set<string>;
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
    cells: new Map(),
    values: { status: 0, route: 0, ip: 0, refusal: 0 },
    networks: new Set(),
  };
}

/** Counts one request. */
export function countRequest(tally: RequestTally, { route, status, address, refusal }: FinishedRequest): void {
  const counts = { requests: 1, errors: status >= 400 ? 1 : 0 };
  addCell(tally, { dimension: 'status', value: String(status), ...counts });
  addCell(tally, { dimension: 'route', value: route, ...counts });
  addCell(tally, { dimension: 'ip', value: address?.text ?? '', ...counts });
  if (refusal?.startsWith('AUTH_')) addCell(tally, { dimension: 'refusal', value: `${refusal} ${route}`, ...counts });
  else if (address && tally.networks.size < NETWORKS_MAX) tally.networks.add(networkOf(address));
}

/** Adds an earlier tally, which could not be written, to a later one. */
export function mergeTally(into: RequestTally, from: RequestTally): void {
  for (const cell of from.cells.values()) addCell(into, cell);
  for (const network of from.networks) if (into.networks.size < NETWORKS_MAX) into.networks.add(network);
}

function addCell(tally: RequestTally, { dimension, value, requests, errors }: Cell): void {
  let key = `${dimension} ${value}`;
  let cell = tally.cells.get(key);
  if (!cell && tally.values[dimension] >= VALUES_MAX) {
    key = `${dimension} `;
    cell = tally.cells.get(key);
  }
  if (!cell) {
    const kept = key === `${dimension} ` ? '' : value;
    cell = { dimension, value: kept, requests: 0, errors: 0 };
    tally.cells.set(key, cell);
    tally.values[dimension] += 1;
  }
  cell.requests += requests;
  cell.errors += errors;
}
