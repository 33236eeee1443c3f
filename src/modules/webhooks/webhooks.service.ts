import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { Sealer } from '../../kernel/crypto/seal.js';
import { generateWebhookSecret } from '../../kernel/crypto/webhook-secret.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/clock.module.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { type Page, toPage } from '../../platform/http/paging/page.js';
import { TEST_EVENT } from './endpoints/subscribable.events.js';
import { secretContext } from './endpoints/secret-context.js';
import { WebhookTargetsService } from './targets/webhook-targets.service.js';
import type {
  NewWebhook,
  WebhookChanges,
  WebhookQuery,
  WebhookTestView,
  WebhookView,
  WebhookWithSecretView,
} from './webhook.dto.js';
import { SubscriptionCache } from './endpoints/subscription-cache.js';
import { WebhookDelivery } from './deliveries/webhook-delivery.entity.js';
import { WebhookEndpoint } from './endpoints/webhook-endpoint.entity.js';
import { getWebhook, listWebhooks, lockWebhook, lockWebhookOrRemains } from './endpoints/webhook-endpoint.queries.js';
import { viewWebhook } from './webhook.view.js';

/** The most endpoints an owner can have. */
const ENDPOINTS_MAX = 20;

const HOUR_MS = 3_600_000;

/** Endpoints: where an owner's events go. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly sealer: Sealer,
    private readonly targets: WebhookTargetsService,
    private readonly demand: SubscriptionCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_001 for a URL that events may not go to, REQ_006 when the owner has as many as can be */
  async create(caller: Principal, input: z.infer<typeof NewWebhook>): Promise<z.infer<typeof WebhookWithSecretView>> {
    const url = await this.targets.accept(input.url);
    const now = this.clock.now();
    const id = newId(now);
    const secret = generateWebhookSecret();
    const created = await this.database.transaction(async (em) => {
      await assertRoom(em, caller.userId);
      const endpoint = em.create(WebhookEndpoint, {
        id,
        ownerId: caller.userId,
        url,
        description: input.description ?? null,
        events: input.events,
        secretSealed: this.sealer.seal(secret, secretContext(id, caller.userId)),
        previousSecretSealed: null,
        previousSecretExpiresAt: null,
        createdAt: new Date(now),
        deletedAt: null,
        disabledAt: input.enabled ? null : new Date(now),
        disabledReason: input.enabled ? null : 'owner',
        failingSince: null,
        pausedUntil: null,
        nextDueAt: null,
        leaseHolder: null,
        leaseUntil: null,
      });
      em.persist(endpoint);
      this.record(em, 'webhook.created', endpoint);
      return { ...viewWebhook(endpoint, now), secret };
    });
    await this.demand.refresh();
    return created;
  }

  async list(caller: Principal, query: z.infer<typeof WebhookQuery>): Promise<Page<z.infer<typeof WebhookView>>> {
    const rows = await this.database.read((em) => listWebhooks(em, caller.userId, query));
    const now = this.clock.now();
    return toPage(rows, query.limit, (row) => viewWebhook(row, now));
  }

  /** @throws AppError REQ_005 */
  async get(caller: Principal, id: string): Promise<z.infer<typeof WebhookView>> {
    const row = await this.database.read((em) => getWebhook(em, caller.userId, id));
    return viewWebhook(row, this.clock.now());
  }

  /** Changes an endpoint; enabling a disabled one starts its health afresh. @throws AppError REQ_001, REQ_005 */
  async update(
    caller: Principal,
    id: string,
    changes: z.infer<typeof WebhookChanges>,
  ): Promise<z.infer<typeof WebhookView>> {
    // before the URL is looked up, so that an id of another owner is answered without a trace of the work
    await this.database.read((em) => getWebhook(em, caller.userId, id));
    const url = changes.url === undefined ? undefined : await this.targets.accept(changes.url);
    const changed = await this.database.transaction(async (em) => {
      const endpoint = await lockWebhook(em, caller.userId, id);
      if (url !== undefined) endpoint.url = url;
      if (changes.events !== undefined) endpoint.events = changes.events;
      if (changes.description !== undefined) endpoint.description = changes.description;
      await this.setEnabled(em, endpoint, changes.enabled ?? !endpoint.disabledAt);
      this.record(em, 'webhook.updated', endpoint);
      return viewWebhook(endpoint, this.clock.now());
    });
    await this.demand.refresh();
    return changed;
  }

  /** Ends an endpoint; ending it again changes nothing. @throws AppError REQ_005 */
  async remove(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const endpoint = await lockWebhookOrRemains(em, caller.userId, id);
      if (endpoint.deletedAt) return;
      await this.setEnabled(em, endpoint, false);
      endpoint.deletedAt = new Date(this.clock.now());
      this.record(em, 'webhook.deleted', endpoint);
    });
  }

  /** Gives an endpoint a new secret; the old one stays valid for a while, in hours. @throws AppError REQ_005 */
  async rotateSecret(
    caller: Principal,
    id: string,
    gracePeriodHours: number,
  ): Promise<z.infer<typeof WebhookWithSecretView>> {
    return this.database.transaction(async (em) => {
      const endpoint = await lockWebhook(em, caller.userId, id);
      const now = this.clock.now();
      const secret = generateWebhookSecret();
      endpoint.previousSecretSealed = gracePeriodHours > 0 ? endpoint.secretSealed : null;
      endpoint.previousSecretExpiresAt = gracePeriodHours > 0 ? new Date(now + gracePeriodHours * HOUR_MS) : null;
      endpoint.secretSealed = this.sealer.seal(secret, secretContext(id, caller.userId));
      this.record(em, 'webhook.secret_rotated', endpoint);
      return { ...viewWebhook(endpoint, now), secret };
    });
  }

  /** Sends an endpoint a test event, whatever it subscribes to. @throws AppError REQ_005, REQ_006 for a disabled one */
  async test(caller: Principal, id: string): Promise<z.infer<typeof WebhookTestView>> {
    return this.database.transaction(async (em) => {
      const endpoint = await getWebhook(em, caller.userId, id);
      if (endpoint.disabledAt) throw new AppError('REQ_006', { detail: 'The webhook is disabled; enable it first.' });
      const event = { type: TEST_EVENT, ownerId: caller.userId, data: { webhook_id: id } };
      return { event_id: this.outbox.record(em, event) };
    });
  }

  private async setEnabled(em: EntityManager, endpoint: WebhookEndpoint, isEnabled: boolean): Promise<void> {
    if (isEnabled === !endpoint.disabledAt) return;
    const now = new Date(this.clock.now());
    endpoint.disabledAt = isEnabled ? null : now;
    endpoint.disabledReason = isEnabled ? null : 'owner';
    endpoint.consecutiveFailures = 0;
    endpoint.failingSince = null;
    endpoint.pausedUntil = null;
    endpoint.nextDueAt = null;
    // what a process that is sending now has found out about the endpoint no longer counts
    endpoint.leaseHolder = null;
    endpoint.leaseUntil = null;
    if (isEnabled) return;
    await em.nativeUpdate(
      WebhookDelivery,
      { endpoint: endpoint.id, status: 'pending' },
      { status: 'failed', nextAttemptAt: null, finishedAt: now },
    );
  }

  /** For the audit trail; nobody can subscribe to these. The URL may hold a token, so only its host is told. */
  private record(em: EntityManager, type: string, { id, ownerId, url }: WebhookEndpoint): void {
    this.outbox.record(em, { type, ownerId, data: { webhook_id: id, host: new URL(url).host } });
  }
}

/** Counted under a lock of the owner, or two parallel requests would both find the last place free. */
async function assertRoom(em: EntityManager, ownerId: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`kindly.webhooks.${ownerId}`]);
  if ((await em.count(WebhookEndpoint, { ownerId, deletedAt: null })) < ENDPOINTS_MAX) return;
  throw new AppError('REQ_006', { detail: `An account can have at most ${ENDPOINTS_MAX} webhooks.` });
}
