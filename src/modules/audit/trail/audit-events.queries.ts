import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';

/** Which rows of the trail are asked for. */
export interface EventFilter {
  /** Undefined: everybody's. */
  readonly ownerId?: string | undefined;
  /** A type, or `group.*`. */
  readonly type?: string | undefined;
  readonly actorId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Id of the last row of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A row of the trail as it is read. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly occurred_at_ms: string;
  readonly owner_id: string | null;
  readonly actor_kind: string | null;
  readonly actor_id: string | null;
  readonly actor_user_id: string | null;
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly data: Record<string, unknown>;
}

const COLUMNS = `id, type, (extract(epoch from occurred_at) * 1000)::bigint::text as occurred_at_ms, owner_id, actor_kind,
  actor_id, actor_user_id, ip, request_id, data`;

/** Reads the trail. */
@Injectable()
export class AuditEvents {
  constructor(private readonly database: Database) {}

  /** The rows that a filter lets through, newest first, at most `limit` of them. */
  async find(filter: EventFilter): Promise<EventRow[]> {
    const values: unknown[] = [];
    const conditions = conditionsOf(filter).map(([condition, value]) => {
      values.push(value);
      return condition.replace('?', `$${values.length}`);
    });
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    values.push(filter.limit);
    const text = `select ${COLUMNS} from audit.events ${where} order by id desc limit $${values.length}`;
    return (await this.database.query<EventRow & Record<string, unknown>>(text, values)).rows;
  }
}

function conditionsOf(filter: EventFilter): [string, unknown][] {
  const conditions: [string, unknown][] = [];
  if (filter.ownerId !== undefined) conditions.push(['owner_id = ?', filter.ownerId]);
  if (filter.type !== undefined) conditions.push(typeCondition(filter.type));
  if (filter.actorId !== undefined) conditions.push(['actor_id = ?', filter.actorId]);
  if (filter.requestId !== undefined) conditions.push(['request_id = ?', filter.requestId]);
  if (filter.from) conditions.push(['occurred_at >= ?', filter.from]);
  if (filter.to) conditions.push(['occurred_at < ?', filter.to]);
  if (filter.cursor !== undefined) conditions.push(['id < ?', filter.cursor]);
  return conditions;
}

function typeCondition(type: string): [string, unknown] {
  return type.endsWith('.*') ? ['starts_with(type, ?)', type.slice(0, -1)] : ['type = ?', type];
}
