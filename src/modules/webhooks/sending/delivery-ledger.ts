import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import {
  type BatchResult,
  type ClaimedDelivery,
  type ClaimedEndpoint,
  DELIVERIES_MAX,
  type RefillRequest,
} from './endpoint-batch.js';
import { type Claim, claimDeliveries } from './webhook-delivery-claims.queries.js';
import { refillBatches } from './webhook-delivery-receipts.queries.js';
import { renewLeases, settleBatches } from './webhook-lease.queries.js';
import { WriteQueue } from './write-queue.js';

/** How long a lease holds without being renewed: after a crash its endpoints wait that long. In milliseconds. */
const LEASE_MS = 20_000;

/** What this process may claim: how many endpoints, and none of those that it is busy with. */
export type Capacity = Pick<Claim, 'endpointsMax' | 'failingEndpointsMax' | 'busy'>;

/** Claims endpoints for this process, and writes down what sending brings: of all that wait at once, in one transaction. */
@Injectable()
export class DeliveryLedger {
  /** The name under which this process holds leases. */
  private readonly holder: string;
  private readonly refilling: WriteQueue<RefillRequest, readonly ClaimedDelivery[]>;
  private readonly settling: WriteQueue<BatchResult, true>;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.holder = newId(clock.now());
    const failed = (error: unknown): void => {
      log.warn({ err: error }, 'webhook receipts could not be written; trying again');
    };
    this.refilling = new WriteQueue((requests) => this.refillAll(requests), failed);
    this.settling = new WriteQueue((batches) => this.settleAll(batches), failed);
  }

  /** Takes the lease of endpoints for which something is due, with what is due for them. */
  claim(capacity: Capacity): Promise<ClaimedEndpoint[]> {
    const now = this.clock.now();
    const { holder } = this;
    return claimDeliveries(this.database, {
      ...capacity,
      holder,
      now,
      leaseUntil: now + LEASE_MS,
      deliveriesMax: DELIVERIES_MAX,
    });
  }

  /** Prolongs the leases of endpoints; one that cannot be prolonged runs out, and its endpoint may be claimed again. */
  async renew(endpointIds: readonly string[]): Promise<void> {
    if (endpointIds.length === 0) return;
    try {
      await renewLeases(this.database, this.holder, endpointIds, new Date(this.clock.now() + LEASE_MS));
    } catch (error) {
      this.log.warn({ err: error }, 'leases of webhook endpoints could not be renewed');
    }
  }

  /** Writes the receipts of a batch that goes on. @returns what else is due for it; null: neither, the process stops */
  refill(request: RefillRequest): Promise<readonly ClaimedDelivery[] | null> {
    return this.refilling.add(request);
  }

  /** Writes what is left of a batch and gives its lease back; when the process stops and cannot, the lease runs out. */
  async settle(batch: BatchResult): Promise<void> {
    await this.settling.add(batch);
  }

  /** Tries again what could not be written. */
  wake(): void {
    this.refilling.wake();
    this.settling.wake();
  }

  /** From now on no batch waits for a database that fails: what was sent is then sent again. */
  prepareToStop(): void {
    this.refilling.prepareToStop();
    this.settling.prepareToStop();
  }

  async stop(): Promise<void> {
    await Promise.all([this.refilling.stop(), this.settling.stop()]);
  }

  private async refillAll(requests: readonly RefillRequest[]): Promise<(readonly ClaimedDelivery[])[]> {
    const claimed = await refillBatches(this.database, this.holder, requests, this.clock.now());
    return requests.map(({ endpointId }) => claimed.get(endpointId) ?? []);
  }

  private async settleAll(batches: readonly BatchResult[]): Promise<true[]> {
    await this.database.transaction(async (em) => {
      const disabled = await settleBatches(em, this.holder, batches, this.clock.now());
      for (const { id, ownerId, reason } of disabled) {
        this.outbox.record(em, { type: 'webhook.disabled', ownerId, data: { webhook_id: id, reason } });
      }
    });
    return batches.map(() => true);
  }
}
