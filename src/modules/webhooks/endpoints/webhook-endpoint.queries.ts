import { type EntityManager, type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import { AppError } from '../../../kernel/errors/app-error.js';
import { WebhookDelivery } from '../deliveries/webhook-delivery.entity.js';
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

/** A delivery of an endpoint. @throws AppError REQ_005 */
export async function getDelivery(em: EntityManager, endpointId: string, id: string): Promise<WebhookDelivery> {
  const delivery = await em.findOne(WebhookDelivery, { endpoint: endpointId, id });
  if (!delivery) throw new AppError('REQ_005', { detail: 'There is no such delivery.' });
  return delivery;
}

function found(endpoint: WebhookEndpoint | null): WebhookEndpoint {
  if (!endpoint) throw new AppError('REQ_005', { detail: 'There is no such webhook.' });
  return endpoint;
}
