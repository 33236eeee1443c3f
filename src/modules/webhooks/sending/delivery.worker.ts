import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { LOG, type Log } from '../../../platform/telemetry/log.js';
import { WorkLoop, type Worker, Workers } from '../../../platform/work/index.js';
import { type ClaimedEndpoint, claimDeliveries } from './webhook-delivery-claims.queries.js';
import { DELIVERIES_MAX, EndpointBatch } from './endpoint-batch.js';
import type { BatchResult } from './judge-answer.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { SendBatchService } from './send-batch.service.js';

/** Endpoints that are sent to at once; of these, endpoints whose last answer was a failure. */
const BATCHES_MAX = 200;
const FAILING_BATCHES_MAX = 50;

/** How long a lease holds without being renewed: after a crash its endpoints wait that long. In milliseconds. */
const LEASE_MS = 20_000;
const RENEWAL_INTERVAL_MS = 5_000;

/** How long an endpoint is left alone after a fault of ours, in milliseconds. */
const FAULT_PAUSE_MS = 60_000;

/** How long requests under way may take once the process is asked to stop, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

/** Locked in the order of their ids, as everything that locks several endpoints does, so that nobody waits in a circle. */
const RENEW_LEASES = {
  name: 'renew-webhook-leases',
  text: `
    with held as (
      select id from webhook_endpoints where id = any($1::uuid[]) and lease_holder = $3 order by id for update)
    update webhook_endpoints e set lease_until = $2 from held where e.id = held.id`,
};

/**
 * Sends what is due. Each endpoint has its own batch, so a dead, slow or endless receiver delays nobody but itself; one
 * process at a time holds an endpoint, by a lease. Claims and receipts are written in batches, one of each kind at a time,
 * so that the work takes three connections of the pool at most.
 */
@Injectable()
export class DeliveryWorker implements Worker {
  private readonly batches = new Map<string, { readonly isFailing: boolean }>();
  private readonly stopping = new AbortController();
  private renewal: NodeJS.Timeout | null = null;
  /** Set while the process stops: resolved when no batch is left. */
  private idle: PromiseWithResolvers<void> | null = null;
  private readonly claiming = new WorkLoop(
    () => this.claim(),
    (error) => this.log.warn({ err: error }, 'webhook deliveries could not be claimed; trying again'),
  );

  constructor(
    workers: Workers,
    private readonly sender: SendBatchService,
    private readonly ledger: DeliveryLedger,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  wake(): void {
    this.renewal ??= setInterval(() => void this.renew(), RENEWAL_INTERVAL_MS);
    this.ledger.wake();
    this.claiming.wake();
  }

  /** Lets requests under way end, writes their receipts, and gives every lease back. */
  async stop(): Promise<void> {
    if (this.renewal) clearInterval(this.renewal);
    this.stopping.abort();
    await this.claiming.stop();
    const deadline = setTimeout(() => this.sender.abort(), STOP_DEADLINE_MS);
    this.ledger.prepareToStop();
    this.idle = Promise.withResolvers<void>();
    this.resolveIfIdle();
    await this.idle.promise;
    clearTimeout(deadline);
    await this.ledger.stop();
    await this.sender.close();
  }

  private async claim(): Promise<boolean> {
    const failing = [...this.batches.values()].filter(({ isFailing }) => isFailing).length;
    const free = BATCHES_MAX - this.batches.size;
    if (free <= 0) return false;
    const now = this.clock.now();
    const endpoints = await claimDeliveries(this.database, {
      holder: this.ledger.holder,
      now,
      leaseUntil: now + LEASE_MS,
      endpointsMax: Math.max(free - FAILING_BATCHES_MAX + failing, 0),
      failingEndpointsMax: Math.min(FAILING_BATCHES_MAX - failing, free),
      deliveriesMax: DELIVERIES_MAX,
      busy: [...this.batches.keys()],
    });
    for (const endpoint of endpoints) void this.run(endpoint);
    return false;
  }

  private async run(endpoint: ClaimedEndpoint): Promise<void> {
    this.batches.set(endpoint.id, { isFailing: endpoint.health.consecutiveFailures > 0 });
    await this.ledger.settle(await this.resultOf(endpoint));
    this.batches.delete(endpoint.id);
    this.resolveIfIdle();
    this.claiming.wake();
  }

  private async resultOf(endpoint: ClaimedEndpoint): Promise<BatchResult> {
    const batch = new EndpointBatch(endpoint, (request) => this.ledger.refill(request));
    try {
      return await this.sender.take(batch, this.stopping.signal);
    } catch (error) {
      // a fault on our side, such as a secret that does not open: no attempt has been made
      this.log.error({ err: error, webhook_id: endpoint.id }, 'an endpoint cannot be sent to');
      return batch.end({ ...endpoint.health, pausedUntil: this.clock.now() + FAULT_PAUSE_MS });
    }
  }

  private resolveIfIdle(): void {
    if (this.batches.size === 0) this.idle?.resolve();
  }

  private async renew(): Promise<void> {
    if (this.batches.size === 0) return;
    const until = new Date(this.clock.now() + LEASE_MS);
    try {
      await this.database.query(RENEW_LEASES, [[...this.batches.keys()], until, this.ledger.holder]);
    } catch (error) {
      this.log.warn({ err: error }, 'leases of webhook endpoints could not be renewed');
    }
  }
}
