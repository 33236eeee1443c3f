import { Inject, Injectable } from '@nestjs/common';
import { webhookKeys } from '../../../kernel/crypto/webhook-signature.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import { SealedValues } from '../../../platform/sealing/index.js';
import { secretContext } from '../endpoints/webhook-endpoint.entity.js';
import { WebhookHttpClient, type WebhookTarget } from '../http/webhook-http-client.js';
import { nameServers, publicLookup } from '../targets/resolve-public-address.js';
import { WebhookTargetsService } from '../targets/webhook-targets.service.js';
import { composeWebhook, type EndpointKeys } from './compose-webhook.js';
import type { BatchResult, ClaimedDelivery, ClaimedEndpoint, EndpointBatch } from './endpoint-batch.js';
import { type EndpointHealth, healthAfter, isClosedTo } from './endpoint-health.policy.js';
import { judgeAnswer, type Receipt } from './judge-answer.js';
import { parseRetryAfter } from './retry-schedule.js';

/** How long a receiver may take, in milliseconds. */
const DEADLINE_MS = 15_000;
const RESOLVE_TIMEOUT_MS = 3_000;

/**
 * How long a batch goes on taking deliveries, in milliseconds. A slow endpoint then lets others be sent to, and a changed
 * URL or secret is in force soon.
 */
const BATCH_MS = 2_000;

/** How long an endpoint is left alone after a fault of ours, in milliseconds. */
const FAULT_PAUSE_MS = 60_000;

/** What of an endpoint all its requests need, prepared once for a batch. */
interface Recipient {
  readonly target: WebhookTarget;
  readonly keys: EndpointKeys;
}

/** Sends to one endpoint what has been claimed for it: one delivery after the other, which keeps them in order. */
@Injectable()
export class SendBatchService {
  private readonly client: WebhookHttpClient;

  constructor(
    targets: WebhookTargetsService,
    private readonly values: SealedValues,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.client = new WebhookHttpClient({
      deadlineMs: DEADLINE_MS,
      lookup: targets.policy.allowsPrivate ? null : publicLookup(nameServers(RESOLVE_TIMEOUT_MS)),
    });
  }

  /** Sends one batch, which ends early once `stopping` is aborted. Never rejects: a fault of ours pauses the endpoint. */
  async send(batch: EndpointBatch, stopping: AbortSignal): Promise<BatchResult> {
    const { endpoint } = batch;
    try {
      return await this.sendAll(batch, stopping);
    } catch (error) {
      // a fault on our side, such as a secret that does not open: no attempt has been made
      this.log.error({ err: error, webhook_id: endpoint.id }, 'an endpoint cannot be sent to');
      return batch.end({ ...endpoint.health, pausedUntil: this.clock.now() + FAULT_PAUSE_MS });
    }
  }

  /** Breaks off the requests under way; there are no more. */
  abort(): void {
    this.client.abort();
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async sendAll(batch: EndpointBatch, stopping: AbortSignal): Promise<BatchResult> {
    const { endpoint } = batch;
    const recipient = { target: this.client.targetOf(endpoint.id, endpoint.url), keys: this.keysOf(endpoint) };
    const ends = performance.now() + BATCH_MS;
    let { health } = endpoint;
    while (!stopping.aborted && !isClosedTo(health, this.clock.now()) && performance.now() < ends) {
      const delivery = await batch.next();
      if (!delivery) break;
      const receipt = await this.attempt(delivery, recipient);
      // broken off: it may have arrived, so its attempt stays noted, without an outcome, and is made again
      if (this.client.isAborted) break;
      batch.record(receipt);
      health = this.judge(health, receipt);
    }
    return batch.end(health);
  }

  private async attempt(delivery: ClaimedDelivery, { target, keys }: Recipient): Promise<Receipt> {
    const startedAt = this.clock.now();
    const { headers, body } = composeWebhook(delivery, keys, startedAt);
    const answer = await this.client.post(target, headers, body);
    return judgeAnswer(delivery, answer, startedAt, this.clock.now(), Math.random());
  }

  private judge(health: EndpointHealth, { status, answer }: Receipt): EndpointHealth {
    const now = this.clock.now();
    return healthAfter(
      health,
      {
        isDelivered: status === 'delivered',
        isGone: answer.httpStatus === 410,
        requestedPauseMs: parseRetryAfter(answer.retryAfter, now),
      },
      now,
    );
  }

  /** @throws AppError SRV_002 when the secret does not open */
  private keysOf(endpoint: ClaimedEndpoint): EndpointKeys {
    const context = secretContext(endpoint.id, endpoint.ownerId);
    const current = this.values.open(endpoint.secretSealed, context, 'The secret of the webhook cannot be read.');
    const previous = this.isReplacing(endpoint) ? this.values.find(endpoint.previousSecretSealed, context) : null;
    return { current: webhookKeys(current.toString()), previous: previous && webhookKeys(previous.toString()) };
  }

  private isReplacing(endpoint: ClaimedEndpoint): endpoint is ClaimedEndpoint & { previousSecretSealed: string } {
    const { previousSecretSealed, previousSecretExpiresAt } = endpoint;
    return previousSecretSealed !== null && (previousSecretExpiresAt?.getTime() ?? 0) > this.clock.now();
  }
}
