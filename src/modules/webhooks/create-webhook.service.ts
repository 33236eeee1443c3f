import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { Sealer } from '../../kernel/crypto/seal.js';
import { generateWebhookSecret } from '../../kernel/crypto/webhook-secret.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../../platform/clock/index.js';
import { EndpointWriter } from './endpoints/endpoint-writer.js';
import { secretContext, WebhookEndpoint } from './endpoints/webhook-endpoint.entity.js';
import { countWebhooksLocked } from './endpoints/webhook-endpoint.queries.js';
import { WebhookTargetsService } from './targets/webhook-targets.service.js';
import type { NewWebhook, WebhookWithSecretView } from './webhook.dto.js';
import { viewWebhook } from './webhook.view.js';

/** The most endpoints an owner can have. */
const ENDPOINTS_MAX = 20;

/** Gives an owner a new endpoint. */
@Injectable()
export class CreateWebhookService {
  constructor(
    private readonly writer: EndpointWriter,
    private readonly sealer: Sealer,
    private readonly targets: WebhookTargetsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_001 for a URL that events may not go to, REQ_006 when the owner has as many as can be */
  async create(caller: Principal, input: z.infer<typeof NewWebhook>): Promise<z.infer<typeof WebhookWithSecretView>> {
    const url = await this.targets.accept(input.url);
    const nowMs = this.clock.now();
    const secret = generateWebhookSecret();
    const endpoint = await this.writer.write('webhook.created', async (em) => {
      await assertOneMoreAllowed(em, caller.userId);
      return this.add(em, caller.userId, { ...input, url }, secret, nowMs);
    });
    return { ...viewWebhook(endpoint, nowMs), secret };
  }

  private add(
    em: EntityManager,
    ownerId: string,
    { url, description, events, enabled }: z.infer<typeof NewWebhook>,
    secret: string,
    nowMs: number,
  ): WebhookEndpoint {
    const id = newId(nowMs);
    const now = new Date(nowMs);
    const endpoint = em.create(WebhookEndpoint, {
      id,
      ownerId,
      url,
      description: description ?? null,
      events,
      secretSealed: this.sealer.seal(secret, secretContext(id, ownerId)),
      createdAt: now,
    });
    if (!enabled) endpoint.disable('owner', now);
    em.persist(endpoint);
    return endpoint;
  }
}

/** @throws AppError REQ_006 */
async function assertOneMoreAllowed(em: EntityManager, ownerId: string): Promise<void> {
  if ((await countWebhooksLocked(em, ownerId)) < ENDPOINTS_MAX) return;
  throw new AppError('REQ_006', { detail: `An account can have at most ${ENDPOINTS_MAX} webhooks.` });
}
