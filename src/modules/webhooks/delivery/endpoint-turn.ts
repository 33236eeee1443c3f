import type { ClaimedDelivery, ClaimedEndpoint } from './claim-deliveries.js';
import type { EndpointHealth } from './endpoint-health.js';
import type { Receipt, TurnResult } from './receipt.js';

/** Deliveries of an endpoint that are claimed at once. */
export const DELIVERIES_MAX = 64;

/** Few enough left to claim more: there must be work while the claim is under way. */
const RESTOCK_AT = 32;

/** What a turn hands in, and what it must not be given again. */
export interface RestockRequest {
  readonly endpointId: string;
  readonly receipts: readonly Receipt[];
  /** Deliveries that it holds, those of the receipts included. */
  readonly held: readonly string[];
}

/** Writes receipts and claims more; null: neither, because the process stops. */
export type Restock = (request: RestockRequest) => Promise<readonly ClaimedDelivery[] | null>;

/**
 * One stretch of sending to an endpoint under one lease. While it sends, receipts are written and further deliveries are
 * claimed, so that neither the receiver nor the database waits for the other.
 */
export class EndpointTurn {
  private readonly waiting: ClaimedDelivery[];
  private readonly held: Set<string>;
  private receipts: Receipt[] = [];
  private mayHaveMore: boolean;
  private restocking: Promise<void> | null = null;

  constructor(
    readonly endpoint: ClaimedEndpoint,
    private readonly restock: Restock,
  ) {
    this.waiting = [...endpoint.deliveries];
    this.held = new Set(this.waiting.map(({ deliveryId }) => deliveryId));
    this.mayHaveMore = this.waiting.length === DELIVERIES_MAX;
  }

  /** The next delivery, in order; undefined: nothing more is due. */
  async next(): Promise<ClaimedDelivery | undefined> {
    if (this.mayHaveMore && this.waiting.length <= RESTOCK_AT) this.restocking ??= this.takeStock();
    if (this.waiting.length === 0) await this.restocking;
    return this.waiting.shift();
  }

  record(receipt: Receipt): void {
    this.receipts.push(receipt);
  }

  /** What is left to write, once nothing more is on its way to this turn. */
  async end(health: EndpointHealth): Promise<TurnResult> {
    await this.restocking;
    return { endpointId: this.endpoint.id, health, receipts: this.receipts, returned: this.waiting };
  }

  private async takeStock(): Promise<void> {
    const written = this.receipts.length;
    const claimed = await this.restock({
      endpointId: this.endpoint.id,
      receipts: this.receipts.slice(),
      held: [...this.held],
    });
    this.mayHaveMore = claimed?.length === DELIVERIES_MAX;
    this.restocking = null;
    if (claimed === null) return;
    for (const { deliveryId } of this.receipts.splice(0, written)) this.held.delete(deliveryId);
    for (const delivery of claimed) this.held.add(delivery.deliveryId);
    this.waiting.push(...claimed);
  }
}
