import { type EntityManager, type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import { AppError } from '../../../kernel/errors/app-error.js';
import type { Database } from '../../../platform/database/index.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';

/** An owner's endpoint. @throws AppError REQ_005, the same for another owner's endpoint and for none */
export async function getWebhook(em: EntityManager, ownerId: string, id: string): Promise<WebhookEndpoint> {
  return found(await em.findOne(WebhookEndpoint, { ownerId, id, deletedAt: null }));
}

/** The same, locked until the transaction ends. @throws AppError REQ_005 */
export async function lockWebhook(em: EntityManager, ownerId: string, id: string): Promise<WebhookEndpoint> {
  const endpoint = await lockWebhookOrRemains(em, ownerId, id);
  return found(endpoint.deletedAt ? null : endpoint);
}

/** The same, or what is left of a deleted one. @throws AppError REQ_005 */
export async function lockWebhookOrRemains(em: EntityManager, ownerId: string, id: string): Promise<WebhookEndpoint> {
  return found(await em.findOne(WebhookEndpoint, { ownerId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE }));
}

/** An owner's endpoints, newest first, after the position of the cursor; one more than `limit`. */
export function listWebhooks(
  em: EntityManager,
  ownerId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<WebhookEndpoint[]> {
  const where: FilterQuery<WebhookEndpoint> = {
    ownerId,
    deletedAt: null,
    ...(page.cursor && { id: { $lt: page.cursor } }),
  };
  return em.find(WebhookEndpoint, where, { orderBy: { id: 'desc' }, limit: page.limit + 1 });
}

/**
 * How many endpoints an owner has, deleted ones left out. Counted under a lock of the owner that lasts as long as the
 * transaction, or two parallel requests would both find that one more is allowed.
 */
export async function countWebhooksLocked(em: EntityManager, ownerId: string): Promise<number> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`kindly.webhooks.${ownerId}`]);
  return em.count(WebhookEndpoint, { ownerId, deletedAt: null });
}

/** What the enabled endpoints of an owner subscribe to. */
export interface SubscriptionRow {
  readonly owner_id: string;
  readonly events: readonly string[];
}

const FIND_SUBSCRIPTIONS = {
  name: 'find-webhook-subscriptions',
  text: `select owner_id, to_jsonb(events) as events from webhook_endpoints where disabled_at is null`,
};

/** The subscriptions of every enabled endpoint. */
export async function findSubscriptions(database: Database): Promise<SubscriptionRow[]> {
  return (await database.query<SubscriptionRow & Record<string, unknown>>(FIND_SUBSCRIPTIONS)).rows;
}

/** Endpoints deleted before $1, at most $2, with their deliveries and attempts. */
const ERASE_DELETED = `
  with endpoints as (
    delete from webhook_endpoints where id in (
      select id from webhook_endpoints where deleted_at < $1 limit $2 for update skip locked) returning id),
  deliveries as (delete from webhook_deliveries where endpoint_id in (select id from endpoints) returning id),
  attempts as (delete from webhook_attempts where delivery_id in (select id from deliveries))
  select id from endpoints`;

/** Erases at most `rowsMax` endpoints that were deleted before a moment, with what hangs on them. @returns how many endpoints */
export async function eraseWebhooksDeletedBefore(database: Database, before: Date, rowsMax: number): Promise<number> {
  return (await database.query(ERASE_DELETED, [before, rowsMax])).rowCount ?? 0;
}

function found(endpoint: WebhookEndpoint | null): WebhookEndpoint {
  if (!endpoint) throw new AppError('REQ_005', { detail: 'There is no such webhook.' });
  return endpoint;
}
