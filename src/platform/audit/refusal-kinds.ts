import type { EventType } from '../../kernel/events/event-types.js';
import type { Request } from 'express';
import { routeTemplate } from '../http/index.js';

/** How refusals of a kind go on record, minute by minute. */
export interface RefusalKind {
  /** The type of the row that tells how many there were. */
  readonly summaryType: EventType;
  /** Whether each is a row of its own, up to the threshold; else the threshold is the first that is told. */
  readonly isSingly: boolean;
  /** Refusals of one credential with one code in a minute. */
  readonly threshold: number;
}

/** What access control refuses. */
const DENIED: RefusalKind = { summaryType: 'access.denied_flood', isSingly: true, threshold: 100 };
/** Ids that are not the caller's, or of nothing: one is a typing error, many are a search. */
const NOT_FOUND: RefusalKind = { summaryType: 'access.not_found_burst', isSingly: false, threshold: 20 };
/** Data that unpacks to more than may come out. */
const BOMB: RefusalKind = { summaryType: 'compression.bomb_burst', isSingly: false, threshold: 5 };

/** How a refusal goes on record; null: not at all. Of those of a rate limit the first of each window does. */
export function refusalKindOf(code: string, isSuspect: boolean, request: Request): RefusalKind | null {
  const { rate } = request.context;
  if (code === 'REQ_008') return rate !== null && rate.hits === rate.policy.limit + 1 ? DENIED : null;
  if (isSuspect || code.startsWith('AUTH_')) return DENIED;
  if (code === 'REQ_005') return routeTemplate(request)?.includes(':') ? NOT_FOUND : null;
  return code === 'COMP_002' ? BOMB : null;
}
