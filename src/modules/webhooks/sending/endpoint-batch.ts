import type { OutgoingEvent } from './compose-webhook.js';
import type { EndpointHealth } from './endpoint-health.policy.js';
import type { Receipt } from './judge-answer.js';

/** Deliveries of an endpoint that are claimed at once. */
export const DELIVERIES_MAX = 64;

/** Few enough left to claim more: there must be work while the claim is under way. */
const REFILL_AT = 32;

/** A delivery that this process is to attempt. */
export interface ClaimedDelivery extends OutgoingEvent {
  /** Number of the attempt that has been noted for it. */
  readonly attempt: number;
  /** Failures so far in the current series of attempts. */
  readonly failures: number;
}

/** An endpoint that this process alone sends to for a while, with what is due for it, in order. */
export interface ClaimedEndpoint {
  readonly id: string;
  readonly ownerId: string;
  readonly url: string;
  readonly secretSealed: string;
  readonly previousSecretSealed: string | null;
  readonly previousSecretExpiresAt: Date | null;
  readonly health: EndpointHealth;
  readonly deliveries: readonly ClaimedDelivery[];
}

/** What a batch hands in, and what it must not be given again. */
export interface RefillRequest {
  readonly endpointId: string;
  readonly receipts: readonly Receipt[];
  /** Deliveries that it holds, those of the receipts included. */
  readonly held: readonly string[];
}

/** All that one batch of sending to an endpoint has brought. */
export interface BatchResult {
  readonly endpointId: string;
  readonly health: EndpointHealth;
  readonly receipts: readonly Receipt[];
  /** Claimed, but not sent. */
  readonly returned: readonly { readonly deliveryId: string; readonly attempt: number }[];
}

/** Writes receipts and claims more; null: neither, because the process stops. */
export type Refill = (request: RefillRequest) => Promise<readonly ClaimedDelivery[] | null>;

/**
 * One stretch of sending to an endpoint under one lease. While it sends, receipts are written and further deliveries are
 * claimed, so that neither the receiver nor the database waits for the other.
 */
export class EndpointBatch {
  private readonly waiting: ClaimedDelivery[];
  private readonly held: Set<string>;
  private receipts: Receipt[] = [];
  private mayHaveMore: boolean;
  private refilling: Promise<void> | null = null;

  constructor(
    readonly endpoint: ClaimedEndpoint,
    private readonly refill: Refill,
  ) {
    this.waiting = [...endpoint.deliveries];
    this.held = new Set(this.waiting.map(({ deliveryId }) => deliveryId));
    this.mayHaveMore = this.waiting.length === DELIVERIES_MAX;
  }

  /** The next delivery, in order; undefined: nothing more is due. */
  async next(): Promise<ClaimedDelivery | undefined> {
    if (this.mayHaveMore && this.waiting.length <= REFILL_AT) this.refilling ??= this.runRefill();
    if (this.waiting.length === 0) await this.refilling;
    return this.waiting.shift();
  }

  record(receipt: Receipt): void {
    this.receipts.push(receipt);
  }

  /** What is left to write, once nothing more is on its way to this batch. */
  async end(health: EndpointHealth): Promise<BatchResult> {
    await this.refilling;
    return { endpointId: this.endpoint.id, health, receipts: this.receipts, returned: this.waiting };
  }

  private async runRefill(): Promise<void> {
    const written = this.receipts.length;
    const claimed = await this.refill({
      endpointId: this.endpoint.id,
      receipts: this.receipts.slice(),
      held: [...this.held],
    });
    this.mayHaveMore = claimed?.length === DELIVERIES_MAX;
    this.refilling = null;
    if (claimed === null) return;
    for (const { deliveryId } of this.receipts.splice(0, written)) this.held.delete(deliveryId);
    for (const delivery of claimed) this.held.add(delivery.deliveryId);
    this.waiting.push(...claimed);
  }
}
