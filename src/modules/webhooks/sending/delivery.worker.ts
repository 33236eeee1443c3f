import { Inject, Injectable } from '@nestjs/common';
import { LOG, type Log } from '../../../platform/log/index.js';
import { WorkLoop, type Worker, Workers } from '../../../platform/work/index.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { type ClaimedEndpoint, EndpointBatch } from './endpoint-batch.js';
import { SendBatchService } from './send-batch.service.js';

/** Endpoints that are sent to at once; of these, endpoints whose last answer was a failure. */
const BATCHES_MAX = 200;
const FAILING_BATCHES_MAX = 50;

/** How often leases are renewed, in milliseconds: several times before one runs out. */
const RENEWAL_INTERVAL_MS = 5_000;

/** How long requests under way may take once the process is asked to stop, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

/**
 * Sends what is due. Each endpoint has a batch of its own, so a dead, slow or endless receiver delays nobody but itself;
 * one process at a time holds an endpoint, by a lease. Claims and receipts are written together, one of each kind at a
 * time, so that the work takes three connections of the pool at most.
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
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  wake(): void {
    this.renewal ??= setInterval(() => void this.ledger.renew([...this.batches.keys()]), RENEWAL_INTERVAL_MS);
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
    const endpoints = await this.ledger.claim({
      endpointsMax: Math.max(free - FAILING_BATCHES_MAX + failing, 0),
      failingEndpointsMax: Math.min(FAILING_BATCHES_MAX - failing, free),
      busy: [...this.batches.keys()],
    });
    for (const endpoint of endpoints) void this.run(endpoint);
    return false;
  }

  private async run(endpoint: ClaimedEndpoint): Promise<void> {
    this.batches.set(endpoint.id, { isFailing: endpoint.health.consecutiveFailures > 0 });
    const batch = new EndpointBatch(endpoint, (request) => this.ledger.refill(request));
    await this.ledger.settle(await this.sender.send(batch, this.stopping.signal));
    this.batches.delete(endpoint.id);
    this.resolveIfIdle();
    this.claiming.wake();
  }

  private resolveIfIdle(): void {
    if (this.batches.size === 0) this.idle?.resolve();
  }
}
