import { Inject, Injectable } from '@nestjs/common';
import { webhookKeys } from '../../../kernel/crypto/webhook-signature.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { SealedValues } from '../../../platform/sealing/index.js';
import { nameServers, publicLookup } from '../target/resolve-public.js';
import { WebhookTargets } from '../target/webhook-targets.js';
import { secretContext } from '../secret-context.js';
import type { ClaimedDelivery, ClaimedEndpoint } from './claim-deliveries.js';
import { type EndpointHealth, healthAfter, isClosedTo } from './endpoint-health.js';
import type { EndpointTurn } from './endpoint-turn.js';
import { type Receipt, receiptOf, type TurnResult } from './receipt.js';
import { parseRetryAfter } from './retry-schedule.js';
import { WebhookHttpClient, type WebhookTarget } from './webhook-http-client.js';
import { type EndpointKeys, webhookBody, webhookHeaders } from './webhook-message.js';

/** How long a receiver may take, in milliseconds. */
const DEADLINE_MS = 15_000;
const RESOLVE_TIMEOUT_MS = 3_000;

/**
 * How long a turn goes on taking deliveries, in milliseconds. A slow endpoint then lets others have its place, and a
 * changed URL or secret is in force soon.
 */
const TURN_MS = 2_000;

/** What of an endpoint all its requests need, prepared once a turn. */
interface Recipient {
  readonly target: WebhookTarget;
  readonly keys: EndpointKeys;
}

/** Sends to one endpoint what has been claimed for it: one delivery after the other, which keeps them in order. */
@Injectable()
export class WebhookSender {
  private readonly client: WebhookHttpClient;

  constructor(
    targets: WebhookTargets,
    private readonly values: SealedValues,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.client = new WebhookHttpClient({
      deadlineMs: DEADLINE_MS,
      lookup: targets.policy.allowsPrivate ? null : publicLookup(nameServers(RESOLVE_TIMEOUT_MS)),
    });
  }

  /** One turn, which ends early once `stopping` is aborted. */
  async take(turn: EndpointTurn, stopping: AbortSignal): Promise<TurnResult> {
    const { endpoint } = turn;
    const recipient = { target: this.client.targetOf(endpoint.id, endpoint.url), keys: this.keysOf(endpoint) };
    const ends = performance.now() + TURN_MS;
    let { health } = endpoint;
    while (!stopping.aborted && !isClosedTo(health, this.clock.now()) && performance.now() < ends) {
      const delivery = await turn.next();
      if (!delivery) break;
      const receipt = await this.send(delivery, recipient);
      // broken off: it may have arrived, so its attempt stays noted, without an outcome, and is made again
      if (this.client.isAborted) break;
      turn.record(receipt);
      health = this.judge(health, receipt);
    }
    return turn.end(health);
  }

  /** Breaks off the requests under way; there are no more. */
  abort(): void {
    this.client.abort();
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async send(delivery: ClaimedDelivery, { target, keys }: Recipient): Promise<Receipt> {
    const startedAt = this.clock.now();
    const body = webhookBody(delivery);
    const headers = webhookHeaders(delivery, body, keys, startedAt);
    const answer = await this.client.post(target, headers, body);
    return receiptOf(delivery, answer, startedAt, this.clock.now(), Math.random());
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
